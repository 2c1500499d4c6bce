// Buys claims of others for cash at once, at a price: what the gap must be paid on top of everything carried, a margin, and
// a fee that rises steeply once most of the reserves are lent out.
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
  const { value, free, whole, premium } = claimed
  const [all, after] = [toDouble(whole), toDouble(max(0n, free - value))]
  if (value > free) return { kind: 'decline', reason: 'reserves exhausted' }
  if (all <= 0 || toDouble(value) * 10_000 > settings.most * all) return { kind: 'decline', reason: 'too large for us' }
  if (after * 10_000 < settings.reserve * all)
    return { kind: 'decline', reason: 'reserves exhausted: the rest is kept' }
  const fee = utilisationFee(1 - after / all, settings)
  const rate = Math.floor(10_000 - premium - settings.margin - fee)
  if (rate <= 0) return { kind: 'decline', reason: 'its gap costs more than it is worth' }
  return { kind: 'buy', rate: bps(rate), reason: `gap ${premium} bps, use ${Math.ceil(fee)} bps` }
}

/** Bps of the claim: a gentle slope up to the kink, a steep one above it. */
function utilisationFee(use: number, { kink, slope, steep }: Params): number {
  const bend = kink / 10_000
  if (use <= bend) return bend === 0 ? 0 : (slope * use) / bend
  return slope + (steep * (use - bend)) / Math.max(1e-9, 1 - bend)
}
