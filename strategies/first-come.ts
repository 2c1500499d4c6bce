// Takes whatever pays more than it costs, at once, and gives no thought to the gap. The habit this project argues against.
import { type Answer, API_VERSION, defineStrategy, type Offered, type Quote, z } from '../agent/strategy.ts'

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
  decide: (view, { minGain }) => view.candidates.flatMap((offered) => answer(offered, minGain)),
})

function answer({ quotes }: Offered, minGain: bigint): Answer[] {
  const [best] = [...quotes].sort((a, b) => Number(gain(b) > gain(a)) - Number(gain(b) < gain(a)))
  if (best === undefined) return []
  if (gain(best) > minGain) return [{ kind: 'take', quote: best, reason: 'the bonus pays for the bid' }]
  return [{ kind: 'skip', quote: best, reason: 'the bonus does not pay for the bid' }]
}

const gain = ({ bonus, cost, providerFee }: Quote): bigint => bonus - cost - providerFee
