// The same book three times: in isolated accounts, in one on cash alone, and in one that counts everything.
import type { Scenario } from '../../../config/scenario.ts'
import type { EngineTerms, Mode, Position, Prices } from '../../domain/market.ts'
import { chainId, wad } from '../../domain/units.ts'
import { fromDoubleDown, toDouble } from '../../maths/fixed-point.ts'
import { margin } from '../../maths/margin.ts'
import { type AccountPlan, asMarginAccount } from './account-plan.ts'
import type { Market } from './market.ts'
import { between, type Random, seeded } from './random.ts'
import { pricesAt, scenarioTerms } from './terms.ts'

/** One trader's capital and what it wants to hold of the first two perpetuals, in dollars. */
type Book = {
  readonly cash: number
  readonly locked: number
  readonly collateral: number
  readonly legs: readonly number[]
}

/** Every book of the scenario under the three modes, four accounts each: nothing but the mode differs. */
export function planTwins(scenario: Scenario, market: Market): readonly AccountPlan[] {
  const [engine] = scenario.engines
  const terms = scenarioTerms(scenario, engine?.name ?? '', chainId(1))
  const start = pricesAt(market, 0)
  const random = seeded(scenario.seed, 'twins')
  return Array.from({ length: scenario.accounts.count }, (_, book) => {
    const plans = drawn({ scenario, terms, start, random })
    return plans.map((plan, i) => ({ ...plan, engine: engine?.name ?? '', book, salt: BigInt(4 * book + i + 1) }))
  }).flat()
}

type Draw = {
  readonly scenario: Scenario
  readonly terms: EngineTerms
  readonly start: Prices
  readonly random: Random
}

type Unnamed = Omit<AccountPlan, 'engine' | 'salt'>

/** Draws until every account of the book can be opened; leverage falls a little with every attempt. */
function drawn(draw: Draw): readonly Unnamed[] {
  const book = sketch(draw)
  for (let ease = 1; ; ease *= 0.97) {
    const plans = threeWays(draw, { ...book, legs: book.legs.map((leg) => leg * ease) })
    const opened = plans.map((plan) =>
      margin(asMarginAccount({ ...plan, engine: '', salt: 0n }, draw.terms, draw.start), draw.terms, draw.start),
    )
    if (ease < 0.05 || opened.every((one) => one !== undefined && one.equity * 100n >= one.initial * ROOM)) return plans
  }
}

/** Equity at the opening, in percent of initial margin. */
const ROOM = 110n

/** Half of the capital lies on the vault chain. Two books in five are hedged across the two underlyings. */
function sketch({ scenario, terms, random }: Draw): Book {
  const { size, leverage } = scenario.accounts
  const capital = toDouble(size.min) * (toDouble(size.max) / toDouble(size.min)) ** random()
  const notional = capital * between(random, leverage.unified.min, leverage.unified.max)
  const [first, hedged] = [between(random, 0.5, 0.65), random() < 0.4]
  const legs = [notional * first, notional * (1 - first) * (hedged ? -1 : 1)]
  return { cash: capital / 2, locked: capital / 2, collateral: Math.floor(random() * terms.collaterals.length), legs }
}

function threeWays(draw: Draw, book: Book): readonly Unnamed[] {
  const gross = book.legs.reduce((sum, leg) => sum + Math.abs(leg), 0)
  const whole = { share: 1, legs: book.legs }
  const alone = book.legs.map((leg, i) => ({
    ...{ share: Math.abs(leg) / gross, legs: book.legs.map((_, j) => (i === j ? leg : 0)) },
  }))
  const parts: readonly (readonly [Mode, { readonly share: number; readonly legs: readonly number[] }])[] = [
    ...alone.map((part) => ['isolated', part] as const),
    ['cross', whole],
    ['unified', whole],
  ]
  return parts.map(
    ([mode, { share, legs }]): Unnamed => ({
      mode,
      cash: wad((fromDoubleDown(book.cash * share) / CENT) * CENT),
      credit: [{ collateral: book.collateral, amount: unitsOf(draw, book.collateral, book.locked * share) }],
      positions: legs.flatMap((leg, i) => (leg === 0 ? [] : [positionOf(draw, i, leg)])),
    }),
  )
}

const CENT = 10n ** 16n

function positionOf({ terms, start }: Draw, nth: number, dollars: number): Position {
  const perpetuals = terms.instruments.filter(({ kind }) => kind === 'perpetual')
  const instrument = perpetuals[nth % perpetuals.length]
  if (instrument === undefined) throw new RangeError('a scenario with twins needs a perpetual')
  const units = fromDoubleDown(Math.abs(dollars) / priceOf(start, instrument.underlyingFeed)) / LOT
  return { instrument: instrument.id, size: wad((dollars < 0 ? -units : units) * LOT) }
}

/** Sizes are multiples of this: a ten-thousandth of a unit. */
const LOT = 10n ** 14n

function unitsOf({ terms, start }: Draw, collateral: number, dollars: number): bigint {
  const listed = terms.collaterals[collateral]
  if (listed === undefined) return 1n
  return fromDoubleDown(dollars / priceOf(start, listed.feed)) / 10n ** BigInt(18 - listed.decimals) || 1n
}

const priceOf = (start: Prices, feed: number): number => Number(start.get(feed)?.price ?? 1n) / 1e8
