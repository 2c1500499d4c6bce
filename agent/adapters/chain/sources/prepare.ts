// Does what a source wants before it lets anything be read: acts of our executor, errands on the other chain.
import { concatHex, keccak256 } from 'viem'
import { unavailable } from '../../../domain/errors.ts'
import { wad } from '../../../domain/units.ts'
import { execute } from '../execute.ts'
import { LEG } from '../executor-call.ts'
import type { Refusal } from '../refusal.ts'
import type { Errand, Ground, Testimony } from './testimony.ts'

/** What it cost in native coin, of both chains together, and why it failed if it did. */
export type Prepared = { readonly gasCost: bigint; readonly refusal: Refusal | undefined }

/** Sends it. A refusal is a value: somebody may have been faster. */
export async function prepare(
  ground: Ground,
  { acts, errands, floor }: Extract<Testimony, { readonly kind: 'waiting' }>,
  signal: AbortSignal,
): Promise<Prepared> {
  let gasCost = 0n
  for (const errand of errands) gasCost += await run(ground, errand, signal)
  if (acts.length === 0) return { gasCost, refusal: undefined }
  const intent = keccak256(concatHex(acts.map(({ data }) => data)))
  const done = await execute(ground, { acts, intent, leg: LEG.root, floor, worth: wad(0n) }, signal)
  return { gasCost: gasCost + (done.mined?.gasCost ?? 0n), refusal: done.refusal }
}

async function run({ other }: Ground, { to, data }: Errand, signal: AbortSignal): Promise<bigint> {
  if (other.transactor === undefined) throw unsent(other.reader.id)
  const { mined } = await other.transactor.send({ to, data, gas: GAS, leg: 'message' }, signal)
  return mined.gasCost
}

const GAS = 200_000n

const unsent = (chain: number) =>
  unavailable(
    'E_READ_ONLY',
    `A message has to be sent on chain ${chain}, which was opened without a key.`,
    'Give the agent a key and run it live.',
  )
