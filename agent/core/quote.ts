// What a candidate is worth to us: bonus, less cost, less the price of the gap, on every route and in a few sizes.
import type { Candidate, Leg, Quote, Route, SkipReason } from '../domain/liquidation.ts'
import { type Bps, bps, type Wad, wad } from '../domain/units.ts'
import { max, min, mulDivUp, prorate } from '../maths/fixed-point.ts'
import { type Exposure, type GapLaw, gapLaw, gapRisk } from '../maths/gap-risk.ts'
import {
  BPS,
  collateralValueDown,
  discount,
  type Holdings,
  holdings,
  insolventRewardDown,
  maxFractionUp,
  outlay,
  payUp,
  positionValue,
  share,
  shareDown,
  tradeFeeUp,
} from '../maths/margin.ts'
import { affordable, slippageUp, withTolerance } from '../maths/sizing.ts'
import { volatility } from '../maths/volatility.ts'
import { feedKey, type Market } from './book.ts'
import { free, inFlight, pledged, shortfallInFlight } from './ledger.ts'
import type { VaultSetup } from './setup.ts'
import type { Core } from './state.ts'

/** Quotes best net first, or why there are none. */
export type Priced = { readonly quotes: readonly Quote[]; readonly reason: SkipReason | undefined }

/** Everything that one candidate's quotes have in common. */
export type Sheet = {
  readonly core: Core
  readonly market: Market
  readonly candidate: Candidate
  readonly held: Holdings
  readonly discount: Bps
  readonly elapsed: bigint
}

/** Prices a candidate on every route that is open to us, at the largest size we can carry and at fractions of it. */
export function price(core: Core, market: Market, candidate: Candidate): Priced {
  const sheet = openSheet(core, market, candidate)
  if (sheet === undefined) return none('prices-missing')
  const most = withHeadroom(maxFractionUp(candidate.margin, sheet.discount, market.terms.auction))
  if (isInsolvent(candidate) && rewardOf(sheet) <= -candidate.margin.mark) return none('insolvent')
  const whole = routes(sheet, most).map((route) => quoteAt(sheet, route, most))
  const open = whole.filter((quote) => quote !== undefined)
  if (open.length === 0) return none('no-route')
  const sized = open.map((quote) => sizesOf(sheet, quote))
  const quotes = sized.flatMap(({ sizes, quote }) =>
    sizes.flatMap((fraction) => (fraction === quote.fraction ? quote : (quoteAt(sheet, quote.route, fraction) ?? []))),
  )
  return quotes.length > 0 ? { quotes: quotes.sort(byNet), reason: undefined } : none(sized[0]?.short ?? 'capital')
}

/** What a bid leaves of the largest slice, in percent: prices that recover before it lands shrink what may be taken. */
const HEADROOM = 5

const withHeadroom = (largest: Bps): Bps =>
  largest === Number(BPS) ? largest : bps(Math.max(1, Math.floor((largest * (100 - HEADROOM)) / 100)))

/** Undefined while a price is missing. */
export function openSheet(core: Core, market: Market, candidate: Candidate): Sheet | undefined {
  const { account } = candidate
  const held = holdings(account, market.terms, market.prices)
  if (held === undefined) return undefined
  const elapsed = account.auctionStartedAt === undefined ? 0n : max(0n, market.seconds - account.auctionStartedAt)
  return { core, market, candidate, held, elapsed, discount: discount(market.terms.auction, elapsed) }
}

/** The quote of one route at one size; undefined where a market, a rate or a latency law is missing. */
export function quoteAt(sheet: Sheet, route: Route, fraction: Bps): Quote | undefined {
  const { candidate, core } = sheet
  if (fraction <= 0) return undefined
  const pay = payFor(sheet, fraction)
  const paid = outlay(pay, candidate.margin.netValue, fraction)
  const legs = legsOf(sheet, fraction)
  const collateralValue = wad(legs.reduce((sum, leg) => sum + leg.value, 0n))
  const selling = route.settlement === 'state-proof' ? sellingCost(sheet, legs) : wad(0n)
  const providerFee = providerFeeOf(sheet, route, legs)
  const exposures = route.settlement === 'state-proof' ? exposuresOf(sheet, legs, paid) : []
  if (selling === undefined || providerFee === undefined || exposures === undefined) return undefined
  const cost = wad(core.setup.gas.bid + tradeFees(sheet, fraction) + selling)
  const gap = gapRisk(exposures, shortfallInFlight(core.ledger), core.setup.risk.gap)
  const bonus = wad(collateralValue - paid)
  const net = wad(bonus - cost - providerFee - gap.premium)
  return {
    candidate,
    route,
    fraction,
    discount: sheet.discount,
    pay,
    outlay: paid,
    legs,
    collateralValue,
    bonus,
    cost,
    providerFee,
    gap,
    net,
  }
}

/** The most a bid of this quote may pay. */
export const maxPay = (quote: Quote, tolerance: Bps): Wad => withTolerance(quote.pay, tolerance)

/** Cash that must be free for it: the outlay at the most we may pay, and initial margin for what is inherited. */
export function cashNeeded(quote: Quote, tolerance: Bps): Wad {
  const { margin } = quote.candidate
  const most = outlay(maxPay(quote, tolerance), margin.netValue, quote.fraction)
  return max(wad(0n), wad(most + mulDivUp(margin.initial, BigInt(quote.fraction), BPS)))
}

/** The gain before the gap is priced. */
export const gainOf = ({ bonus, cost, providerFee }: Quote): Wad => wad(bonus - cost - providerFee)

const isInsolvent = ({ margin }: Candidate): boolean => margin.mark <= 0n
const rewardOf = ({ candidate, elapsed, market }: Sheet): Wad =>
  insolventRewardDown(candidate.margin, elapsed, BigInt(market.terms.auction.insolventSeconds))

function payFor(sheet: Sheet, fraction: Bps): Wad {
  const { candidate } = sheet
  return isInsolvent(candidate) ? wad(-rewardOf(sheet)) : payUp(fraction, candidate.margin.mark, sheet.discount)
}

function routes({ core, market, held, candidate }: Sheet, most: Bps): readonly Route[] {
  const { engine } = market
  if (legsOf({ held }, most).length === 0)
    return [{ id: `${engine}:none`, engine, settlement: 'none', provider: undefined }]
  const own: Route = { id: `${engine}:state-proof`, engine, settlement: 'state-proof', provider: undefined }
  const providers = [...core.book.providers.values()].filter(
    ({ status, at }) =>
      status.engine === engine &&
      market.at - at <= PROVIDER_AGE &&
      status.account.toLowerCase() !== candidate.account.id.toLowerCase(),
  )
  const services = providers.map(
    ({ agent }): Route => ({
      id: `${engine}:service:${agent.toLowerCase()}`,
      engine,
      settlement: 'liquidity-service',
      provider: agent,
    }),
  )
  return [own, ...services]
}

/** Indicative rates older than this (wall milliseconds) are not quoted from. */
const PROVIDER_AGE = 20_000

function legsOf({ held }: Pick<Sheet, 'held'>, fraction: Bps): readonly Leg[] {
  return held.collateral.flatMap(({ collateral, amount, price }) => {
    const part = shareDown(amount, fraction)
    if (part === 0n) return []
    return [
      {
        collateral: collateral.id,
        vault: collateral.vault,
        amount: part,
        value: wad(collateralValueDown(part, collateral.decimals, price)),
      },
    ]
  })
}

/** Fees of closing the inherited positions against the pool at the mark. */
function tradeFees({ held, market }: Sheet, fraction: Bps): bigint {
  return held.positions.reduce((sum, { size, instrument }) => {
    const mark = market.prices.get(instrument.markFeed)?.price ?? 0n
    return sum + tradeFeeUp(positionValue(share(size, fraction), mark), market.terms.tradeFee)
  }, 0n)
}

function sellingCost(sheet: Sheet, legs: readonly Leg[]): Wad | undefined {
  const vaults = new Set(legs.map((leg) => leg.vault))
  let cost = BigInt(vaults.size) * sheet.core.setup.gas.claim
  for (const leg of legs) {
    const pool = vaultOf(sheet, leg)?.markets.get(leg.collateral)
    if (pool === undefined) return undefined
    cost += slippageUp(leg.value, pool)
  }
  return wad(cost)
}

function providerFeeOf({ core }: Sheet, { settlement, provider }: Route, legs: readonly Leg[]): Wad | undefined {
  if (settlement !== 'liquidity-service' || provider === undefined) return wad(0n)
  const status = core.book.providers.get(provider.toLowerCase())?.status
  let fee = 0n
  for (const { collateral, value } of legs) {
    const offered = status?.rates.find((one) => one.collateral === collateral)
    if (offered === undefined) return undefined
    fee += mulDivUp(value, BPS - BigInt(offered.rate), BPS)
  }
  return wad(fee)
}

function exposuresOf(sheet: Sheet, legs: readonly Leg[], paid: Wad): Exposure[] | undefined {
  const debts = prorate(
    max(wad(0n), paid),
    legs.map((leg) => leg.value),
  )
  const exposures: Exposure[] = []
  for (const [i, leg] of legs.entries()) {
    const law = lawOf(sheet, leg)
    if (law === undefined) return undefined
    exposures.push({ value: leg.value, debt: wad(debts[i] ?? 0n), law })
  }
  return exposures
}

const vaultOf = ({ core, market }: Pick<Sheet, 'core' | 'market'>, leg: Pick<Leg, 'vault'>): VaultSetup | undefined =>
  core.setup.vaults.find(({ id, engine }) => id === leg.vault && engine === market.engine)

/** The law of a leg's return until it is sold, rebuilt when its feed's volatility moves. */
export function lawOf(
  { core, market }: Pick<Sheet, 'core' | 'market'>,
  leg: Pick<Leg, 'vault' | 'collateral'>,
): GapLaw | undefined {
  const vault = vaultOf({ core, market }, leg)
  const feed = market.terms.collaterals.find(({ id }) => id === leg.collateral)?.feed
  if (vault === undefined || feed === undefined) return undefined
  const sigma = volatility(core.book.volatility.get(feedKey(market.engine, feed)), core.setup.risk.volatility)
  const key = `${vault.id}:${feedKey(market.engine, feed)}`
  const kept = core.laws.get(key)
  if (kept?.volatility === sigma) return kept.law
  const law = gapLaw(vault.latency, sigma, core.setup.risk.gap)
  core.laws.set(key, { volatility: sigma, law })
  return law
}

type Fit = { readonly quote: Quote; readonly sizes: readonly Bps[]; readonly short: SkipReason | undefined }

/** Below this share of the largest slice a bid is not worth its transaction. */
const LEAST_SHARE = 20

/** Sizes that our limits allow: the largest, and its half and quarter where the gap makes small slices better. */
function sizesOf(sheet: Sheet, quote: Quote): Fit {
  const { fraction, short } = largest(sheet.core, sheet.market, quote)
  const whole = isInsolvent(quote.candidate)
  if (fraction * LEAST_SHARE < quote.fraction || (whole && fraction < quote.fraction))
    return { quote, sizes: [], short }
  const parts = !whole && isBent(sheet.core, quote) ? [1, 2, 4] : [1]
  const sizes = parts.map((part) => bps(Math.ceil(fraction / part)))
  return { quote, sizes: [...new Set(sizes)], short: undefined }
}

/** The largest slice within capital, risk and reserves, and which of them is the tightest. */
function largest(
  { setup, ledger, book }: Core,
  { engine }: Market,
  quote: Quote,
): { fraction: Bps; short: SkipReason } {
  const { fraction: most, route, outlay, gap } = quote
  const { capital, risk } = setup
  const cash = min(free(ledger, engine, capital.reserve), capital.maxBid)
  const byCash = affordable(most, cashNeeded(quote, risk.payTolerance), cash)
  const room = risk.maxInFlight - inFlight(ledger) - pledged(ledger)
  const tail = risk.gap.limit - shortfallInFlight(ledger)
  const travels = route.settlement === 'state-proof'
  const byRisk = travels ? min(affordable(most, outlay, room), affordable(most, gap.shortfall, tail)) : most
  const byReserves = affordable(most, quote.collateralValue - quote.providerFee, reservesOf(book, quote) ?? MANY)
  const fraction = min(min(byCash, byRisk), byReserves)
  return { fraction, short: fraction === byCash ? 'capital' : fraction === byRisk ? 'in-flight-limit' : 'no-route' }
}

/** Whether the bid price moves within the slice: only then can a part of it be worth more than the whole. */
function isBent({ setup, ledger }: Core, { gap, route }: Quote): boolean {
  if (route.settlement !== 'state-proof') return false
  return 10n * (shortfallInFlight(ledger) + gap.shortfall) > setup.risk.gap.limit
}

const MANY = 10n ** 60n

/** What a provider can still pay; undefined on other routes. */
const reservesOf = (book: Core['book'], { route }: Quote): bigint | undefined =>
  route.provider === undefined ? undefined : (book.providers.get(route.provider.toLowerCase())?.status.reserves ?? 0n)

const none = (reason: SkipReason): Priced => ({ quotes: [], reason })
const byNet = (a: Quote, b: Quote): number => (a.net > b.net ? -1 : a.net < b.net ? 1 : 0)
