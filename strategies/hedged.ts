// Bids like gap-aware, and is short on the engine of what is on its way: what the collateral loses, the position gains.
// It pays the trade fee twice and the margin meanwhile, and gives away what a rise would have brought.
import {
  type Answer,
  API_VERSION,
  after,
  bps,
  defineStrategy,
  max,
  millis,
  mulDivDown,
  type Quote,
  type Tradable,
  type Trade,
  type View,
  wad,
  z,
} from '../agent/strategy.ts'

const params = z.strictObject({
  minNet: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .meta({ live: true })
    .describe('Least net value of a bid in dollars (wad), the hedge paid.'),
  ratio: z
    .int()
    .min(0)
    .max(10_000)
    .default(10_000)
    .meta({ live: true })
    .describe('How much of what is on its way is hedged, in bps.'),
  band: z
    .int()
    .nonnegative()
    .default(500)
    .describe('How far the position may stand from that, in bps of it, before a trade is worth its fee.'),
})
type Params = z.infer<typeof params>

/** Gap risk sold at the mark, for the fee. */
export const strategy = defineStrategy<Params>({
  name: 'hedged',
  apiVersion: API_VERSION,
  params,
  decide: (view, settings) => view.candidates.flatMap(({ quotes }) => answer(view, quotes, settings)),
  trade: (view, settings) => view.instruments.flatMap((one) => rebalance(view, one, settings)),
})

function answer(view: View, quotes: readonly Quote[], settings: Params): Answer[] {
  const best = quotes.reduce<Quote | undefined>(
    (top, quote) => (top && afterHedge(view, top, settings) >= afterHedge(view, quote, settings) ? top : quote),
    undefined,
  )
  if (best === undefined) return []
  if (afterHedge(view, best, settings) > settings.minNet)
    return [{ kind: 'take', quote: best, reason: 'pays for its hedge and for what stays of its gap' }]
  const until = after(view.now, millis(1_000))
  return [{ kind: 'postpone', quote: best, until, reason: 'does not pay for its hedge yet' }]
}

/** Net value with the hedged part of the premium replaced by what the hedge costs: in and out, and what is free anyway. */
function afterHedge({ instruments }: View, { net, gap, collateralValue, route }: Quote, { ratio }: Params): bigint {
  if (route.settlement !== 'state-proof' || instruments.length === 0) return net
  const fee = Math.max(...instruments.map((one) => one.fee))
  const hedged = mulDivDown(max(0n, gap.premium - gap.expected), BigInt(ratio), 10_000n)
  return net + hedged - mulDivDown(collateralValue, BigInt(2 * fee * ratio), 10_000n * 10_000n)
}

function rebalance({ travelling }: View, { instrument, feed, mark, held }: Tradable, { ratio, band }: Params): Trade[] {
  const worth = travelling.reduce((sum, one) => (one.feed === feed ? sum + one.worth : sum), 0n)
  const wanted = -mulDivDown(worth * BigInt(ratio), 10n ** 8n, BigInt(mark) * 10_000n)
  const off = wanted - held
  const within = mulDivDown(max(wanted < 0n ? -wanted : wanted, 0n), BigInt(bps(band)), 10_000n)
  if (off === 0n || (wanted !== 0n && (off < 0n ? -off : off) <= within)) return []
  return [{ instrument, size: wad(off), reason: worth === 0n ? 'nothing is on its way' : `${worth} is on its way` }]
}
