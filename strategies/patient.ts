// Lets the discount rise while nobody else is near: it bids just before rivals were last seen to, not at the first gain.
import {
  type Answer,
  API_VERSION,
  after,
  type Bps,
  defineStrategy,
  millis,
  type Offered,
  type Quote,
  type View,
  z,
} from '../agent/strategy.ts'

const params = z.strictObject({
  minNet: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .describe('Least net value of a bid in dollars (wad), the gap premium paid.'),
  lead: z.int().nonnegative().default(50).describe('How far below the discount of rivals it bids, in bps.'),
  greed: z
    .int()
    .nonnegative()
    .default(300)
    .describe('Most discount to wait for beyond the first that gains, in bps: somebody unseen may come first.'),
})
type Params = z.infer<typeof params>

/** Waits as long as the race is thin. */
export const strategy = defineStrategy<Params>({
  name: 'patient',
  apiVersion: API_VERSION,
  params,
  decide: (view, settings) => view.candidates.flatMap((offered) => answer(view, offered, settings)),
})

/** The discount of the first gain, by candidate, is not remembered: it is worked out backwards from the net value. */
function answer(view: View, offered: Offered, { minNet, lead, greed }: Params): Answer[] {
  const [best] = offered.quotes
  if (best === undefined) return []
  if (best.net <= minNet) return [later(view, best, 'does not pay for its gap yet')]
  const target = Math.min(offered.maxDiscount, rivalDiscount(view) - lead, firstGain(best, minNet) + greed)
  if (best.discount >= target)
    return [{ kind: 'take', quote: best, reason: 'rivals are near, or it waited long enough' }]
  return [later(view, best, `nobody bid below ${target} bps lately`)]
}

/** Where the boldest rival of the last minute came in; with none in sight, never. */
function rivalDiscount({ rivals }: View): number {
  const seen = rivals.flatMap(({ discount }): Bps[] => (discount === undefined ? [] : [discount]))
  return seen.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...seen)
}

/** A bps of discount takes pay / (10000 - discount) off what the slice costs. */
function firstGain({ net, pay, discount }: Quote, minNet: bigint): number {
  const perBps = pay / BigInt(10_000 - discount)
  return perBps <= 0n ? discount : discount - Number((net - minNet) / perBps)
}

const later = ({ now }: View, quote: Quote, reason: string): Answer => ({
  kind: 'postpone',
  quote,
  until: after(now, millis(1_000)),
  reason,
})
