// An executor call that nobody races for: rehearsed first, so that what would revert now is not paid for.
import type { Address, Hex } from 'viem'
import { LienmeshError } from '../../domain/errors.ts'
import { type Wad, wad } from '../../domain/units.ts'
import { max } from '../../maths/fixed-point.ts'
import { runsAhead, secondsFromNow } from './chain-time.ts'
import { type Act, executeCall, LEG } from './executor-call.ts'
import { type ChainLink, sender } from './link.ts'
import type { Mined } from './receipt.ts'
import { type Refusal, rehearse } from './refusal.ts'

/** What is executed, and under which guard. */
export type Execution = {
  readonly acts: readonly Act[]
  readonly intent: Hex
  readonly leg: number
  readonly floor: bigint
  /** Dollars at stake. */
  readonly worth: Wad
}

/** How it ended; neither when it was given up before it was sent. */
export type Executed = { readonly mined: Mined | undefined; readonly refusal: Refusal | undefined }

/** Only time passes between rehearsal and inclusion: a root that is too fresh now may be old enough then. */
export async function execute(
  { link, executor }: { readonly link: ChainLink; readonly executor: Address },
  { acts, worth, ...guard }: Execution,
  signal: AbortSignal,
): Promise<Executed> {
  const transactor = sender(link)
  const deadline = await secondsFromNow(link, PATIENCE)
  const data = executeCall(acts, { ...guard, deadline })
  const gas = 600_000n + 300_000n * BigInt(acts.length)
  const tried = { from: transactor.address, to: executor, data, gas }
  const stake = guard.leg === LEG.claim ? stakeOf(worth, gas) : {}
  const refused = await rehearse(link.rpc, tried)
  const due = refused?.error === 'RootTooFresh' && !(await runsAhead(link))
  if (refused && !due) return { mined: undefined, refusal: refused }
  const order = { ...tried, ...stake, leg: LEGS[guard.leg] ?? 'claim', deadline }
  const sent = await transactor.send(order, signal).catch(tooDear)
  if ('reason' in sent) return { mined: undefined, refusal: sent }
  const { kind, mined } = sent
  if (kind === 'cancelled') return { mined, refusal: { reason: 'NOT_INCLUDED', error: '', args: [] } }
  const refusal = mined.status === 'included' ? undefined : await rehearse(link.rpc, tried, mined.anchor.number)
  return { mined, refusal }
}

/** Gas above what it is worth: nothing was sent, and it is looked at again. */
function tooDear(error: unknown): Refusal {
  if (error instanceof LienmeshError && error.code === 'E_GAS_BUDGET')
    return { reason: error.code, error: '', args: [] }
  throw error
}

/** A claim is worth a fiftieth of itself in gas, and five dollars in any case: it waits where that is not enough. */
const stakeOf = (worth: Wad, gas: bigint) => ({
  value: worth,
  budget: { most: max(wad(worth / 50n), LEAST_BUDGET), likely: gas / 2n },
})
const LEAST_BUDGET = wad(5n * 10n ** 18n)

/** Seconds a call may wait for inclusion. */
const PATIENCE = 60n

const LEGS: readonly string[] = ['bid', 'claim', 'root', 'credit']
