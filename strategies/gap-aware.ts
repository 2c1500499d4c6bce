// The default: bids only what pays for its gap, on the best route and in the best size, and otherwise comes back when
// the auction's discount will have met its price.
import {
  type Answer,
  API_VERSION,
  after,
  defineStrategy,
  type Instant,
  instant,
  millis,
  type Offered,
  type Quote,
  toDouble,
  type View,
  z,
} from '../agent/strategy.ts'

const params = z.strictObject({
  minNet: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .describe('Least net value of a bid in dollars (wad), the gap premium paid.'),
  patience: z
    .number()
    .positive()
    .default(10_000)
    .describe('Longest time in milliseconds before a postponed bid is looked at again.'),
})
type Params = z.infer<typeof params>

/** Requires a positive net value after the gap premium. */
export const strategy = defineStrategy<Params>({
  name: 'gap-aware',
  apiVersion: API_VERSION,
  params,
  decide: (view, settings) => shuffled(view).flatMap((offered) => answer(offered, settings, view.now)),
})

/** Others look at the same candidates: whoever asks in the same order races for the same ones. */
function shuffled({ candidates, random }: View): readonly Offered[] {
  const weighed = candidates.map((offered) => ({ offered, weight: random() * toDouble(offered.quotes[0]?.net ?? 0n) }))
  return weighed.sort((a, b) => b.weight - a.weight).map(({ offered }) => offered)
}

function answer(offered: Offered, settings: Params, now: Instant): Answer[] {
  const best = offered.quotes.reduce<Quote | undefined>(
    (top, quote) => (top && top.net >= quote.net ? top : quote),
    undefined,
  )
  if (best === undefined) return []
  if (best.net > settings.minNet) return [{ kind: 'take', quote: best, reason: 'pays for its gap' }]
  const seconds = wait(offered, settings.minNet)
  if (seconds === undefined)
    return [{ kind: 'skip', quote: best, reason: 'no discount of this auction pays for the gap' }]
  const until = instant(Math.min(after(now, millis(1_000 * seconds)), now + settings.patience))
  return [{ kind: 'postpone', quote: best, until, reason: `the discount pays for the gap in about ${seconds} s` }]
}

/** Seconds until the first of the quotes would pay, if the prices stand still; undefined if none ever does. */
function wait(offered: Offered, minNet: bigint): number | undefined {
  const waits = offered.quotes.flatMap((quote) => secondsUntil(quote, offered, minNet) ?? [])
  return waits.length === 0 ? undefined : Math.min(...waits)
}

/** A bps of discount takes pay / (10000 - discount) off what the slice costs. */
function secondsUntil(quote: Quote, { discountPerSecond, maxDiscount }: Offered, minNet: bigint): number | undefined {
  const perBps = toDouble(quote.pay) / (10_000 - quote.discount)
  const missing = toDouble(minNet - quote.net)
  if (perBps <= 0) return 1
  if (discountPerSecond === 0 || quote.discount + missing / perBps > maxDiscount) return undefined
  return Math.max(1, Math.ceil(missing / perBps / discountPerSecond))
}
