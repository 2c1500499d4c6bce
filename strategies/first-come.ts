// Takes whatever pays more than it costs, at once, and gives no thought to the gap. The habit this project argues against.
import {
  type Answer,
  API_VERSION,
  after,
  defineStrategy,
  type Instant,
  millis,
  type Offered,
  type Quote,
  z,
} from '../agent/strategy.ts'

const params = z.strictObject({
  minGain: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .describe('Least gain of a bid in dollars (wad), the gap not counted.'),
})

/** The first and simplest strategy: bonus above cost is enough. */
export const strategy = defineStrategy<z.infer<typeof params>>({
  name: 'first-come',
  apiVersion: API_VERSION,
  params,
  decide: (view, { minGain }) => view.candidates.flatMap((offered) => answer(offered, minGain, view.now)),
})

function answer({ quotes, maxDiscount }: Offered, minGain: bigint, now: Instant): Answer[] {
  const best = quotes.reduce<Quote | undefined>(
    (top, quote) => (top && gain(top) >= gain(quote) ? top : quote),
    undefined,
  )
  if (best === undefined) return []
  if (gain(best) > minGain) return [{ kind: 'take', quote: best, reason: 'the bonus pays for the bid' }]
  const reason = 'the bonus does not pay for the bid'
  if (best.discount >= maxDiscount) return [{ kind: 'skip', quote: best, reason }]
  return [{ kind: 'postpone', quote: best, until: after(now, SECOND), reason }]
}

const gain = ({ bonus, cost, providerFee }: Quote): bigint => bonus - cost - providerFee
const SECOND = millis(1_000)
