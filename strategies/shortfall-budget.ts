// Fills a budget of expected shortfall with what earns most per dollar of it, and leaves the rest to others.
import {
  type Answer,
  API_VERSION,
  after,
  defineStrategy,
  millis,
  min,
  type Quote,
  toDouble,
  type View,
  wad,
  z,
} from '../agent/strategy.ts'

const params = z.strictObject({
  budget: z.coerce
    .bigint()
    .positive()
    .optional()
    .describe('Expected shortfall (97.5 %) to fill in dollars (wad). Without it, what the agent may carry in all.'),
  minReturn: z
    .number()
    .nonnegative()
    .default(0.05)
    .describe('Least net value per dollar of expected shortfall that a bid must bring.'),
})
type Params = z.infer<typeof params>

/** The best uses of the tail first, until the budget is full. */
export const strategy = defineStrategy<Params>({
  name: 'shortfall-budget',
  apiVersion: API_VERSION,
  params,
  decide(view, settings) {
    const best = view.candidates.flatMap(({ quotes }) => bestOf(quotes) ?? [])
    let room = roomOf(view, settings)
    return best
      .sort((a, b) => returnOn(b) - returnOn(a))
      .map((quote): Answer => {
        if (returnOn(quote) < settings.minReturn) return wait(view, quote, 'it earns too little for its tail')
        if (quote.gap.shortfall > room) return wait(view, quote, 'the budget of expected shortfall is full')
        room = wad(room - quote.gap.shortfall)
        return { kind: 'take', quote, reason: `earns ${returnOn(quote).toFixed(2)} per dollar of expected shortfall` }
      })
  },
})

const bestOf = (quotes: readonly Quote[]): Quote | undefined =>
  quotes.reduce<Quote | undefined>((top, quote) => (top && returnOn(top) >= returnOn(quote) ? top : quote), undefined)

/** Net value per dollar of shortfall. What carries no tail is bounded by its own outlay, so that figures compare. */
function returnOn({ net, gap, outlay }: Quote): number {
  const tail = Math.max(toDouble(gap.shortfall), toDouble(outlay) * 1e-4, 1)
  return toDouble(net) / tail
}

const roomOf = ({ shortfall: { carried, limit } }: View, { budget }: Params) =>
  wad(min(budget ?? limit, limit) - carried)

const wait = ({ now }: View, quote: Quote, reason: string): Answer => ({
  kind: 'postpone',
  quote,
  until: after(now, millis(1_000)),
  reason,
})
