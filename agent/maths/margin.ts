// The margin rule in integers: the same functions, under the same names, as MarginMath.sol. Division truncates toward
// zero unless the name says `Up` or `Down`. Values and sizes have 18 decimals, prices 8, ratios are bps.
import type {
  AuctionTerms,
  EngineTerms,
  Instrument,
  Margin,
  MarginAccount,
  OraclePrice,
  Position,
  Prices,
} from '../domain/market.ts'
import { type Bps, bps, type Price, price, type Wad, wad } from '../domain/units.ts'
import { abs, max, min, mulDivDown, mulDivUp, sdiv } from './fixed-point.ts'

/** One, in bps. */
export const BPS = 10_000n
const PRICE_UNIT = 10n ** 8n
const SCENARIOS = 16
const SIZE_UNIT = 10n ** 18n
const FUNDING_PERIOD = 28_800n

/** Margin of an account at these prices. Undefined while a price that it needs is missing: a missing price is not zero. */
export function margin(account: MarginAccount, terms: EngineTerms, prices: Prices): Margin | undefined {
  const held = holdings(account, terms, prices)
  return held && marginOf(account, held, terms)
}

/** The same, of holdings that are valued already. */
export function marginOf({ cash }: MarginAccount, held: Holdings, terms: EngineTerms): Margin {
  const netValue = cash + held.positions.reduce((sum, { value, funding }) => sum + value - funding, 0n)
  const maintenance = maintenanceMargin(
    scanLoss(held.positions),
    held.positions.reduce((sum, p) => sum + p.contingency, 0n),
  )
  return {
    equity: wad(netValue + held.collateral.reduce((sum, one) => sum + one.haircutValue, 0n)),
    netValue: wad(netValue),
    mark: wad(netValue + held.collateral.reduce((sum, one) => sum + one.value, 0n)),
    maintenance: wad(maintenance),
    initial: wad(initialMargin(maintenance, terms.initialFactor)),
  }
}

/** What an account is made of, valued. */
export type Holdings = {
  readonly positions: readonly HeldPosition[]
  /** Empty in cross mode: collateral counts nothing and cannot be seized. */
  readonly collateral: readonly HeldCollateral[]
}

export type HeldPosition = {
  readonly instrument: Instrument
  readonly size: bigint
  readonly value: bigint
  /** What it owes in funding up to now; negative, what it is owed. */
  readonly funding: bigint
  readonly notional: bigint
  /** In value x bps: summed over the account before the division. */
  readonly contingency: bigint
  readonly shocks: bigint
}

export type HeldCollateral = {
  readonly collateral: EngineTerms['collaterals'][number]
  readonly amount: bigint
  readonly price: Price
  readonly value: bigint
  readonly haircutValue: bigint
}

/** Values every position and every collateral that counts. Undefined while a price, instrument or collateral is missing. */
export function holdings(account: MarginAccount, terms: EngineTerms, prices: Prices): Holdings | undefined {
  const positions: HeldPosition[] = []
  for (const position of account.positions) {
    if (position.size === 0n) continue
    const instrument = terms.instruments.find((one) => one.id === position.instrument)
    const held = instrument && heldPosition(position, instrument, prices)
    if (held === undefined) return undefined
    positions.push(held)
  }
  const collateral = account.mode === 'cross' ? [] : heldCollateral(account, terms, prices)
  return collateral && { positions, collateral }
}

/** A fixed series is its payoff: it needs no price and bears no risk. */
function heldPosition(position: Position, instrument: Instrument, prices: Prices): HeldPosition | undefined {
  const { size, entryFunding = 0n } = position
  if (instrument.payoff !== undefined) {
    const value = positionValue(size, instrument.payoff)
    return { instrument, size, value, funding: 0n, notional: 0n, contingency: 0n, shocks: 0n }
  }
  const mark = prices.get(instrument.markFeed)
  const underlying = prices.get(instrument.underlyingFeed)
  if (mark === undefined || underlying === undefined) return undefined
  const exposed = notional(size, edges(underlying).upper)
  const { lower, upper } = edges(mark)
  return {
    instrument,
    size,
    value: positionValue(size, size > 0n ? lower : upper),
    funding: fundingUp(size, (instrument.fundingIndex ?? 0n) - entryFunding),
    notional: exposed,
    contingency: contingency(exposed, instrument.contingency),
    shocks: instrument.kind === 'option' ? mark.shocks : instrument.shocks,
  }
}

/** What a price counts at: itself, or the worse edge for either side once it is degraded. */
function edges({ price, confidence, degraded }: OraclePrice): { readonly lower: Price; readonly upper: Price } {
  if (degraded !== true) return { lower: price, upper: price }
  return { lower: lowerEdgeDown(price, confidence), upper: upperEdgeUp(price, confidence) }
}

function heldCollateral(account: MarginAccount, terms: EngineTerms, prices: Prices): HeldCollateral[] | undefined {
  const held: HeldCollateral[] = []
  for (const { collateral: id, amount } of account.credit) {
    if (amount === 0n) continue
    const collateral = terms.collaterals.find((one) => one.id === id)
    const quoted = collateral && prices.get(collateral.feed)
    if (collateral === undefined || quoted === undefined) return undefined
    const { lower } = edges(quoted)
    const value = collateralValueDown(amount, collateral.decimals, lower)
    held.push({
      collateral,
      amount,
      price: lower,
      value,
      haircutValue: haircutValueDown(value, collateral.haircut, collateral.gap),
    })
  }
  return held
}

/** What a position is worth at its mark price. */
export const positionValue = (size: bigint, markPrice: bigint): bigint => sdiv(size * markPrice, PRICE_UNIT)

/** What shocks and contingency are taken on. */
export const notional = (size: bigint, underlyingPrice: bigint): bigint => sdiv(size * underlyingPrice, PRICE_UNIT)

/** The loss in the worst of the 16 scenarios: one division, after the minimum. */
export function scanLoss(positions: readonly Pick<HeldPosition, 'notional' | 'shocks'>[]): bigint {
  const [first] = positions
  if (first === undefined) return 0n
  if (positions.every(({ shocks }) => shocks === first.shocks)) return scanLossOfOne(first.shocks, positions)
  const profits = new Array<bigint>(SCENARIOS).fill(0n)
  for (const { notional, shocks } of positions) {
    for (const [scenario, shock] of unpackShocks(shocks).entries())
      profits[scenario] = (profits[scenario] ?? 0n) + notional * shock
  }
  return -profits.reduce((worst, profit) => min(worst, profit), 0n) / BPS
}

/** Positions that share a risk array move as one: its worst scenario is its lowest shock, or its highest if short. */
function scanLossOfOne(shocks: bigint, positions: readonly Pick<HeldPosition, 'notional'>[]): bigint {
  const net = positions.reduce((sum, { notional }) => sum + notional, 0n)
  const { lowest, highest } = unpack(shocks)
  const worst = net * (net > 0n ? lowest : highest)
  return worst < 0n ? -worst / BPS : 0n
}

/** One of the 16 int16 packed in a risk array, lowest bits first. */
export const shockAt = (shocks: bigint, scenario: number): bigint => BigInt.asIntN(16, shocks >> BigInt(16 * scenario))

/** All 16 of a risk array. */
export const unpackShocks = (shocks: bigint): readonly bigint[] => unpack(shocks).all

type Unpacked = { readonly all: readonly bigint[]; readonly lowest: bigint; readonly highest: bigint }

/** Unpacked once: every account of a market shares a few. */
function unpack(shocks: bigint): Unpacked {
  const known = unpacked.get(shocks)
  if (known !== undefined) return known
  const all = Array.from({ length: SCENARIOS }, (_, scenario) => shockAt(shocks, scenario))
  const found = { all, lowest: all.reduce(min<bigint>), highest: all.reduce(max<bigint>) }
  if (unpacked.size >= MOST_UNPACKED) unpacked.clear()
  unpacked.set(shocks, found)
  return found
}

const unpacked = new Map<bigint, Unpacked>()
const MOST_UNPACKED = 256

/** One position's contingency, in value x bps. */
export const contingency = (notional: bigint, contingencyBps: Bps): bigint => abs(notional) * BigInt(contingencyBps)

/** `contingencies` is the sum of `contingency` over the positions. */
export const maintenanceMargin = (scan: bigint, contingencies: bigint): bigint =>
  scan + mulDivUp(contingencies, 1n, BPS)

/** Margin that new risk must leave. */
export const initialMargin = (maintenance: bigint, initialFactor: Bps): bigint =>
  mulDivUp(maintenance, BigInt(initialFactor), BPS)

/** Full value of an amount in the asset's own decimals. */
export const collateralValueDown = (amount: bigint, decimals: number, price: bigint): bigint =>
  mulDivDown(amount * (SCALES[18 - decimals] ?? 10n ** BigInt(18 - decimals)), price, PRICE_UNIT)

/** Powers of ten, made once. */
const SCALES = Array.from({ length: 19 }, (_, power) => 10n ** BigInt(power))

/** What collateral counts for in equity. */
export const haircutValueDown = (value: bigint, haircut: Bps, gap: Bps): bigint =>
  mulDivDown(value, BPS - BigInt(haircut) - BigInt(gap), BPS)

/** The trigger of an auction. */
export const isBelowMaintenance = ({ equity, maintenance }: Margin): boolean => equity < maintenance

/** Discount on the mark after `elapsed` seconds of auction. */
export const discount = (terms: AuctionTerms, elapsed: bigint): Bps =>
  bps(Number(min(BigInt(terms.maxDiscount), BigInt(terms.startDiscount) + BigInt(terms.discountPerSecond) * elapsed)))

/** The margin K that an auction restores. */
export const targetMarginUp = (maintenance: bigint, target: Bps): bigint => mulDivUp(maintenance, BigInt(target), BPS)

/** The largest slice a bid may take: what restores K. Everything when the mark is dust or gone; zero when healthy. */
export function maxFractionUp({ equity, mark, maintenance }: Margin, discount: Bps, terms: AuctionTerms): Bps {
  if (mark <= 0n || mark <= terms.dust) return bps(Number(BPS))
  const target = targetMarginUp(maintenance, terms.target)
  if (equity >= target) return bps(0)
  const shortfall = target - equity
  const cost = mulDivDown(mark, BPS - BigInt(discount), BPS)
  return bps(Number(min(BPS, mulDivUp(shortfall, BPS, shortfall + cost))))
}

/** What a slice of a solvent account costs. */
export const payUp = (fraction: Bps, mark: bigint, discount: Bps): Wad =>
  wad(mulDivUp(mark, BigInt(fraction) * (BPS - BigInt(discount)), BPS * BPS))

/** What the insurance pays whoever takes an insolvent account (mark <= 0) after `elapsed` seconds. */
export function insolventRewardDown({ mark, maintenance }: Margin, elapsed: bigint, duration: bigint): Wad {
  const premium = elapsed >= duration ? maintenance : mulDivDown(maintenance, max(elapsed, 0n), duration)
  return wad(-mark + premium)
}

/** A slice of cash, of a position's size or of the net value; truncates toward zero. */
export const share = (whole: bigint, fraction: Bps): bigint => sdiv(whole * BigInt(fraction), BPS)

/** A slice of an amount of collateral. */
export const shareDown = (whole: bigint, fraction: Bps): bigint => mulDivDown(whole, BigInt(fraction), BPS)

/** The cash that leaves a bidder for its claim on the collateral. */
export const outlay = (pay: bigint, netValue: bigint, fraction: Bps): Wad => wad(pay - share(netValue, fraction))

/** What a position owes when the index moved by `change` since it last paid. Rounded against the holder. */
export function fundingUp(size: bigint, change: bigint): bigint {
  const product = size * change
  return product > 0n ? mulDivUp(product, 1n, SIZE_UNIT) : sdiv(product, SIZE_UNIT)
}

/** How far a funding index moves: the premium of the mark, within `maxFunding` of the underlying, per eight hours. */
export function fundingStep(mark: Price, underlying: Price, maxFunding: Bps, elapsed: bigint): bigint {
  const most = mulDivDown(underlying, BigInt(maxFunding), BPS)
  const premium = max(-most, min(most, mark - underlying))
  return sdiv(premium * 10n ** 10n * elapsed, FUNDING_PERIOD)
}

/** What a European option pays per unit when its underlying is fixed at `fixing`. */
export const payoff = (call: boolean, strike: Price, fixing: Price): Price =>
  price(max(0n, call ? fixing - strike : strike - fixing))

/** The lower edge of a degraded price: what longs and collateral count at. */
export const lowerEdgeDown = (whole: Price, confidence: Bps): Price =>
  price(mulDivDown(whole, BPS - min(BigInt(confidence), BPS), BPS))

/** The upper edge of a degraded price: what shorts and notionals count at. */
export const upperEdgeUp = (whole: Price, confidence: Bps): Price =>
  price(mulDivUp(whole, BPS + BigInt(confidence), BPS))

/** The fee of a trade of this value with the pool. */
export const tradeFeeUp = (value: bigint, tradeFee: Bps): bigint => mulDivUp(abs(value), BigInt(tradeFee), BPS)
