// How much of a slice to ask for: the largest part that every limit allows, and the part that earns most.
import type { Quote } from '../domain/liquidation.ts'
import { type Bps, bps, wad } from '../domain/units.ts'
import { min, toDouble } from '../maths/fixed-point.ts'
import { payUp } from '../maths/margin.ts'
import { bestOverSteps, type SizeTerms } from '../maths/risk/premium.ts'
import { affordable } from '../maths/sizing.ts'
import { free, inFlight, pledged } from './ledger.ts'
import { type Missing, missing } from './priced.ts'
import { cashNeeded, isInsolvent, quoteAt } from './quote.ts'
import { shortfallCarried } from './risk/carried.ts'
import { learnDemand } from './risk/demand.ts'
import { limitOf } from './risk/gap.ts'
import { vaultOf } from './risk/laws.ts'
import { limitReached, roomFor } from './risk/limits.ts'
import { exposuresOf, type Sheet } from './sheet.ts'
import type { Core } from './state.ts'

/** Sizes worth quoting of a route; none where `short` says what there is too little of. */
export type Fit = { readonly quote: Quote; readonly sizes: readonly Bps[]; readonly short: Missing | undefined }

/** Below this share of the largest slice a bid is not worth its transaction. */
const LEAST_SHARE = 20

/** Whether the free cash buys too little of a slice, on whatever route: known before anything is quoted. */
export function isBeyondCash({ core, market, candidate, discount }: Sheet, most: Bps): boolean {
  const { capital, risk } = core.setup
  const cash = min(free(core.ledger, market.engine, capital.reserve), capital.maxBid)
  const pay = payUp(most, candidate.margin.mark, discount)
  const needed = cashNeeded({ candidate, fraction: most, pay }, risk.payTolerance)
  return affordable(most, needed, cash) * LEAST_SHARE < most
}

/** Sizes that our limits allow: the largest, and the best where more of it earns less. */
export function sizesOf(sheet: Sheet, quote: Quote): Fit {
  const { fraction, short } = largest(sheet, quote)
  const whole = isInsolvent(quote.candidate)
  if (fraction * LEAST_SHARE < quote.fraction || (whole && fraction < quote.fraction))
    return { quote, sizes: [], short }
  const sizes = whole ? [fraction] : [fraction, ...bestOf(sheet, quote, fraction)]
  return { quote, sizes: [...new Set(sizes)], short: undefined }
}

/** The largest part within capital, risk and reserves, and which of them is the tightest. */
function largest(sheet: Sheet, quote: Quote): { readonly fraction: Bps; readonly short: Missing } {
  const { core, market } = sheet
  const { capital, risk } = core.setup
  const { fraction: most } = quote
  const cash = min(free(core.ledger, market.engine, capital.reserve), capital.maxBid)
  const room = wad(risk.maxInFlight - inFlight(core.ledger) - pledged(core.ledger))
  const travels = quote.route.settlement === 'state-proof'
  const bounds: readonly (readonly [Bps, Missing])[] = [
    [affordable(most, cashNeeded(quote, risk.payTolerance), cash), missing('capital')],
    ...(travels
      ? [[affordable(most, quote.outlay, room), missing('in-flight-limit')] as const, byTail(sheet, quote)]
      : []),
    [affordable(most, quote.collateralValue - quote.providerFee, reservesOf(core, quote) ?? MANY), missing('no-route')],
  ]
  return bounds
    .map(([fraction, short]) => ({ fraction, short }))
    .reduce((least, one) => (one.fraction < least.fraction ? one : least))
}

/** The part whose tail fits, and the limit that the whole of it would break. */
function byTail(sheet: Sheet, quote: Quote): readonly [Bps, Missing] {
  const { core, market } = sheet
  const legs = exposuresOf(sheet, quote.legs, quote.outlay)
  if ('missing' in legs) return [bps(0), legs]
  const reached = limitReached(core, market.at, legs)
  learnDemand(core, quote, reached !== undefined)
  if (reached === undefined) return [quote.fraction, missing('shortfall-limit')]
  const share = roomFor(core, market.at, legs)
  return [bps(Math.floor(share * quote.fraction)), missing(reached.reason, reached.detail)]
}

/** The part that earns most, where impact, the bid price or a slower road for large tickets bend the value. */
function bestOf(sheet: Sheet, quote: Quote, most: Bps): readonly Bps[] {
  const tickets = ticketsOf(sheet.core, quote)
  if (quote.outlay <= 0n || !(tickets.length > 1 || isBent(sheet, quote))) return []
  const perDebt = quote.fraction / toDouble(quote.outlay)
  const steps = tickets.flatMap((upTo) => {
    const top = bps(Math.min(most, Math.floor(upTo * perDebt)))
    const [whole, half] = [top, bps(Math.ceil(top / 2))].map((part) => quoteAt(sheet, quote.route, part))
    return whole === undefined || half === undefined || 'missing' in whole || 'missing' in half
      ? []
      : [{ upTo, terms: termsOf(whole, half) }]
  })
  const { debt } = bestOverSteps(steps, 0, most / perDebt)
  const fraction = bps(Math.floor(debt * perDebt))
  return fraction > 0 && fraction < most && fraction * LEAST_SHARE >= quote.fraction ? [fraction] : []
}

/** Sizes at which a road of this quote becomes slower, and no end. */
function ticketsOf(core: Core, { route, legs, outlay, candidate }: Quote): readonly number[] {
  if (route.settlement !== 'state-proof') return []
  const { engine } = candidate.account
  const steps = legs.flatMap(({ vault }) => vaultOf(core, { engine, vault })?.latency.steps ?? [])
  const below = steps.map(({ above }) => toDouble(above)).filter((above) => above < toDouble(outlay))
  return [...new Set(below)].sort((a, b) => a - b).concat(Number.MAX_VALUE)
}

/** Whether a part of the slice may be worth more than the whole: pools lose value over depth, limits come near. */
function isBent({ core, market }: Sheet, { route, legs, gap, candidate }: Quote): boolean {
  if (route.settlement !== 'state-proof') return false
  const { engine } = candidate.account
  const used = shortfallCarried(core, market.at) + toDouble(gap.shortfall)
  const shallow = legs.some(({ vault, collateral, value }) => {
    const depth = vaultOf(core, { engine, vault })?.markets.get(collateral)?.depth
    return depth !== undefined && SHALLOW * value > depth
  })
  return shallow || 10 * used > limitOf(core)
}

/** A pool that holds less than so many times what is sold into it moves by more than a thousandth. */
const SHALLOW = 1_000n

/** What a size costs, as a parabola in the debt through the costs of two quotes. */
function termsOf(whole: Quote, half: Quote): SizeTerms {
  const [full, part] = [toDouble(whole.outlay), toDouble(half.outlay)]
  const fixed = toDouble(whole.raceCost)
  const [all, some] = [
    toDouble(whole.cost) + toDouble(whole.gap.premium),
    toDouble(half.cost) + toDouble(half.gap.premium),
  ]
  const curvature = full > part ? Math.max(0, (2 * (all / full - some / part)) / (full - part)) : 0
  return {
    ...{ bonus: toDouble(whole.bonus) / full, basis: 1, slippage: 0, impact: 0, m1: 1, K: 1, rho: 1 },
    marginal: all / full - 0.5 * curvature * full,
    curvature,
    fixedCost: fixed,
  }
}

const MANY = 10n ** 60n

/** What a provider can still pay; undefined on other routes. */
const reservesOf = ({ book }: Core, { route }: Quote): bigint | undefined =>
  route.provider === undefined ? undefined : (book.providers.get(route.provider.toLowerCase())?.status.reserves ?? 0n)
