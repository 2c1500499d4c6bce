// Does what a source wants before it lets anything be read: acts of our executor, errands on the other chain.
import { concatHex, keccak256, numberToHex } from 'viem'
import { unavailable } from '../../../domain/errors.ts'
import { wad } from '../../../domain/units.ts'
import { execute } from '../execute.ts'
import { type Act, LEG } from '../executor-call.ts'
import type { Refusal } from '../refusal.ts'
import { type Ground, secondsNow, type Testimony } from './testimony.ts'

/** What it cost in native coin, of both chains together, and why it failed if it did. */
export type Prepared = { readonly gasCost: bigint; readonly refusal: Refusal | undefined }

/** Sends it. A refusal is a value: somebody may have been faster. */
export async function prepare(
  ground: Ground,
  { acts, errands, floor }: Extract<Testimony, { readonly kind: 'waiting' }>,
  signal: AbortSignal,
): Promise<Prepared> {
  const { post, reader } = ground.other
  if (errands.length > 0 && post === undefined) throw unsent(reader.id)
  const sent = post && (await run(post, { acts: errands, floor: 0n }, signal))
  const done = await run(ground, { acts, floor }, signal)
  return { gasCost: (sent?.gasCost ?? 0n) + done.gasCost, refusal: sent?.refusal ?? done.refusal }
}

type Post = Pick<Ground, 'link' | 'executor'>
type Errands = { readonly acts: readonly Act[]; readonly floor: bigint }

/** An intent executes once: what is sent again later is another one. */
async function run(post: Post, { acts, floor }: Errands, signal: AbortSignal): Promise<Prepared> {
  if (acts.length === 0) return { gasCost: 0n, refusal: undefined }
  const intent = keccak256(concatHex([numberToHex(secondsNow(post)), ...acts.map(({ data }) => data)]))
  const { mined, refusal } = await execute(post, { acts, intent, leg: LEG.root, floor, worth: wad(0n) }, signal)
  return { gasCost: mined?.gasCost ?? 0n, refusal }
}

const unsent = (chain: number) =>
  unavailable(
    'E_READ_ONLY',
    `A message has to be sent on chain ${chain}, which was opened without a key.`,
    'Give the agent a key and run it live.',
  )
