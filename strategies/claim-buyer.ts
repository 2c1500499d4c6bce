// Buys claims of others for cash at once, at a price: what the gap must be paid on top of everything carried (or the hedge of
// it, and what that leaves), the way of the proceeds back to the engine, a margin, and a fee that rises with use.
import { API_VERSION, bps, type Claimed, type ClaimPrice, defineStrategy, max, toDouble, z } from '../agent/strategy.ts'

const share = z.int().min(0).max(10_000)
const params = z.strictObject({
  margin: share.default(50).meta({ live: true }).describe('Kept of every claim above the priced gap, in bps.'),
  reserve: share
    .default(1_000)
    .meta({ live: true })
    .describe('Share of all reserves that is never lent out, in bps: below it claims are declined.'),
  kink: share.default(8_000).describe('Use of the reserves up to which the fee rises slowly, in bps.'),
  slope: share.default(20).describe('Fee at the kink, in bps of the claim.'),
  steep: share.default(300).describe('What full use adds to that, in bps of the claim.'),
  rebalance: share
    .default(5)
    .meta({ live: true })
    .describe('What it costs to bring the proceeds of a claim back to the engine, in bps: they arrive at the vault.'),
  hedge: share
    .default(0)
    .meta({ live: true })
    .describe('Share of every claim that is hedged, in bps: the ratio of `hedged`, seated beside it.'),
  residual: share
    .default(2_000)
    .describe('Share of the premium that a hedge leaves: claims that are stuck, and basis.'),
  most: share.default(2_500).meta({ live: true }).describe('Largest claim, in bps of all reserves.'),
})
type Params = z.infer<typeof params>

/** The provider's side of the liquidity service. It bids on nothing. */
export const strategy = defineStrategy<Params>({
  name: 'claim-buyer',
  apiVersion: API_VERSION,
  params,
  decide: () => [],
  price,
})

function price(claimed: Claimed, settings: Params): ClaimPrice {
  const { value, free, whole } = claimed
  const [all, after] = [toDouble(whole), toDouble(max(0n, free - value))]
  if (value > free) return { kind: 'decline', reason: 'reserves exhausted' }
  if (all <= 0 || toDouble(value) * 10_000 > settings.most * all) return { kind: 'decline', reason: 'too large for us' }
  if (after * 10_000 < settings.reserve * all)
    return { kind: 'decline', reason: 'reserves exhausted: the rest is kept' }
  const fee = utilisationFee(1 - after / all, settings)
  const gap = gapCost(claimed, settings)
  const rate = Math.floor(10_000 - gap - settings.rebalance - settings.margin - fee)
  if (rate <= 0) return { kind: 'decline', reason: 'its gap costs more than it is worth' }
  const parts = `gap ${Math.ceil(gap)} bps, way back ${settings.rebalance} bps, use ${Math.ceil(fee)} bps`
  return { kind: 'buy', rate: bps(rate), reason: parts }
}

/** Bps of the claim: its premium, or what a hedge leaves of that and costs, in and out. Nothing hedges a feed without a perpetual. */
function gapCost({ premium, legs }: Claimed, { hedge, residual }: Params): number {
  const fees = legs.map((leg) => leg.hedge)
  const dearest = fees.reduce<number | undefined>(
    (most, fee) => (most === undefined || fee === undefined ? undefined : Math.max(most, fee)),
    0,
  )
  if (dearest === undefined) return premium
  const ratio = hedge / 10_000
  return premium * (1 - ratio * (1 - residual / 10_000)) + 2 * dearest * ratio
}

/** Bps of the claim: a gentle slope up to the kink, a steep one above it. */
function utilisationFee(use: number, { kink, slope, steep }: Params): number {
  const bend = kink / 10_000
  if (use <= bend) return bend === 0 ? 0 : (slope * use) / bend
  return slope + (steep * (use - bend)) / Math.max(1e-9, 1 - bend)
}
