// What a candidate is worth to us on one route and in one size: bonus, less cost, less the price of the gap.
import type { Candidate, GapRisk, Quote, Route } from '../domain/liquidation.ts'
import { type Bps, type Wad, wad } from '../domain/units.ts'
import { max, mulDivUp } from '../maths/fixed-point.ts'
import { BPS, insolventRewardDown, outlay, payUp } from '../maths/margin.ts'
import { withTolerance } from '../maths/sizing.ts'
import { competitors } from './book.ts'
import { providerFeeOf, sellingCost, tradeFees } from './costs.ts'
import { unwanted } from './policy.ts'
import { type Missing, missing } from './priced.ts'
import { gapRisk } from './risk/gap.ts'
import { raceCost, winOdds } from './risk/races.ts'
import { legsOf, shut } from './routes.ts'
import { exposuresOf, type Sheet } from './sheet.ts'

/** The quote of one route at one size, or what is missing for it: a market, a rate, or a law of the gap. */
export function quoteAt(sheet: Sheet, route: Route, fraction: Bps): Quote | Missing {
  const { candidate, core, market } = sheet
  if (fraction <= 0) return missing('no-route')
  const pay = payFor(sheet, fraction)
  const paid = outlay(pay, candidate.margin.netValue, fraction)
  const legs = legsOf(sheet, fraction)
  const refused = unwanted(core.setup.policy, route, legs)
  if (refused !== undefined) return missing('policy-refused', refused)
  const broken = legs.map(({ vault }) => shut(core, vault)).find((why) => why !== undefined)
  if (broken !== undefined) return missing('route-tripped', broken)
  const travels = route.settlement === 'state-proof'
  const selling = travels ? sellingCost(sheet, legs) : wad(0n)
  const providerFee = providerFeeOf(sheet, route, legs)
  if (selling === undefined || providerFee === undefined) return missing('no-route')
  const exposures = travels ? exposuresOf(sheet, legs, paid) : []
  if ('missing' in exposures) return exposures
  const collateralValue = wad(legs.reduce((sum, leg) => sum + leg.value, 0n))
  const rivals = competitors(core.book, market.engine, market.at)
  const parts = {
    bonus: wad(collateralValue - paid),
    cost: wad(core.setup.gas.bid + tradeFees(sheet, fraction) + selling),
    raceCost: raceCost(core.beliefs.races, winOdds(core.beliefs.races, paid, rivals), core.setup.gas.bid),
    providerFee,
    gap: travels ? gapRisk(core, market.at, exposures) : NO_GAP,
  }
  const slice = { candidate, route, fraction, discount: sheet.discount, pay, outlay: paid, legs, collateralValue }
  return { ...slice, ...parts, net: netOf(parts) }
}

const NO_GAP: GapRisk = { expected: wad(0n), shortfall: wad(0n), premium: wad(0n) }

const netOf = (parts: Pick<Quote, 'bonus' | 'cost' | 'raceCost' | 'providerFee' | 'gap'>): Wad =>
  wad(gainOf(parts) - parts.gap.premium)

/** The gain before the gap is priced. */
export const gainOf = ({ bonus, cost, raceCost, providerFee }: Omit<Parameters<typeof netOf>[0], 'gap'>): Wad =>
  wad(bonus - cost - raceCost - providerFee)

/** The most a bid of this quote may pay. */
export const maxPay = ({ pay }: Pick<Quote, 'pay'>, tolerance: Bps): Wad => withTolerance(pay, tolerance)

/** Cash that must be free for it: the outlay at the most we may pay, and initial margin for what is inherited. */
export function cashNeeded(quote: Pick<Quote, 'candidate' | 'fraction' | 'pay'>, tolerance: Bps): Wad {
  const { margin } = quote.candidate
  const most = outlay(maxPay(quote, tolerance), margin.netValue, quote.fraction)
  return max(wad(0n), wad(most + mulDivUp(margin.initial, BigInt(quote.fraction), BPS)))
}

/** Insolvent accounts go whole, for a reward. */
export const isInsolvent = ({ margin }: Candidate): boolean => margin.mark <= 0n

/** What an insolvent account pays its bidder. */
export const rewardOf = ({ candidate, elapsed, market }: Sheet): Wad =>
  insolventRewardDown(candidate.margin, elapsed, BigInt(market.terms.auction.insolventSeconds))

function payFor(sheet: Sheet, fraction: Bps): Wad {
  const { candidate } = sheet
  return isInsolvent(candidate) ? wad(-rewardOf(sheet)) : payUp(fraction, candidate.margin.mark, sheet.discount)
}
