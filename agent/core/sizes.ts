// How much of a slice to ask for: the largest part that every limit allows, and the part that earns most.
import type { Quote } from '../domain/liquidation.ts'
import { type Bps, bps, wad } from '../domain/units.ts'
import { min, toDouble } from '../maths/fixed-point.ts'
import { bestOverSteps, type SizeTerms } from '../maths/risk/premium.ts'
import { affordable } from '../maths/sizing.ts'
import { free, inFlight, pledged } from './ledger.ts'
import { cashNeeded, isInsolvent, quoteAt } from './quote.ts'
import { shortfallCarried } from './risk/carried.ts'
import { learnDemand } from './risk/demand.ts'
import { limitOf, openPrice } from './risk/gap.ts'
import { vaultOf } from './risk/laws.ts'
import { limitReached, roomFor } from './risk/limits.ts'
import { exposuresOf, type Missing, missing, type Sheet } from './sheet.ts'
import type { Core } from './state.ts'

/** Sizes worth quoting of a route; none where `short` says what there is too little of. */
export type Fit = { readonly quote: Quote; readonly sizes: readonly Bps[]; readonly short: Missing | undefined }

/** Below this share of the largest slice a bid is not worth its transaction. */
const LEAST_SHARE = 20

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
  if (quote.route.settlement !== 'state-proof' || quote.outlay <= 0n || quote.fraction === 0) return []
  const perDebt = quote.fraction / toDouble(quote.outlay)
  const steps = ticketsOf(sheet.core, quote).flatMap((upTo) => {
    const fraction = bps(Math.min(most, Math.floor(upTo * perDebt)))
    const at = fraction === quote.fraction ? quote : quoteAt(sheet, quote.route, fraction)
    return 'missing' in at ? [] : [{ upTo, terms: termsOf(sheet, at) }]
  })
  if (steps.length === 1 && steps.every(({ terms }) => terms.impact === 0 && terms.rho * terms.curvature === 0))
    return []
  const { debt } = bestOverSteps(steps, 0, most / perDebt)
  const fraction = bps(Math.floor(debt * perDebt))
  return fraction > 0 && fraction < most && fraction * LEAST_SHARE >= quote.fraction ? [fraction] : []
}

/** Sizes at which a road of this quote becomes slower, and no end. */
function ticketsOf(core: Core, quote: Quote): readonly number[] {
  const { engine } = quote.candidate.account
  const steps = quote.legs.flatMap(({ vault }) => vaultOf(core, { engine, vault })?.latency.steps ?? [])
  const below = steps.map(({ above }) => toDouble(above)).filter((above) => above < toDouble(quote.outlay))
  return [...new Set(below)].sort((a, b) => a - b).concat(Number.MAX_VALUE)
}

/** The value of a size, per unit of debt, around the size of a quote. */
function termsOf({ core, market }: Sheet, quote: Quote): SizeTerms {
  const debt = toDouble(quote.outlay)
  const value = toDouble(quote.collateralValue)
  const fixed = toDouble(core.setup.gas.bid) + toDouble(quote.raceCost)
  const limit = limitOf(core)
  const used = Math.min(0.98, shortfallCarried(core, market.at) / limit)
  const impact = impactOf(core, quote)
  const marginal = toDouble(quote.gap.shortfall) / debt
  const straight = toDouble(quote.cost) - toDouble(core.setup.gas.bid) - impact * value * debt
  return {
    bonus: value / debt - 1,
    basis: 1,
    slippage: 0,
    impact,
    m1: 1,
    K: 1 + straight / debt,
    rho: openPrice(core) / (1 - used),
    marginal,
    curvature: marginal ** 2 / (limit * (1 - used)),
    fixedCost: fixed,
  }
}

/** Loss of selling one more dollar of debt's collateral, as a share of its value: pools lose value over depth. */
function impactOf(core: Core, { legs, outlay, candidate }: Quote): number {
  const value = legs.reduce((sum, leg) => sum + toDouble(leg.value), 0)
  const lost = legs.reduce((sum, leg) => {
    const depth = vaultOf(core, { engine: candidate.account.engine, vault: leg.vault })?.markets.get(
      leg.collateral,
    )?.depth
    return sum + (depth === undefined ? 0 : toDouble(leg.value) ** 2 / toDouble(depth))
  }, 0)
  return value > 0 ? lost / value / toDouble(outlay) : 0
}

const MANY = 10n ** 60n

/** What a provider can still pay; undefined on other routes. */
const reservesOf = ({ book }: Core, { route }: Quote): bigint | undefined =>
  route.provider === undefined ? undefined : (book.providers.get(route.provider.toLowerCase())?.status.reserves ?? 0n)
