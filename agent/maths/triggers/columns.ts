// What can move an account's margin, one column each: the price of a feed, the price of a collateral after its haircuts, the
// funding index of a perpetual, and how far a published risk array has travelled. All are positive, in dollars.
import type { Collateral, EngineTerms, Instrument, OraclePrice, Prices } from '../../domain/market.ts'
import type { CollateralId, FeedId, InstrumentId } from '../../domain/units.ts'
import { toDouble } from '../fixed-point.ts'
import { unpackShocks } from '../margin.ts'
import { MOST_COLUMNS } from './arena.ts'
import { MOST_ROWS, SCENARIOS, type Spreads } from './spread.ts'

/** The columns of an engine's terms, and the rows of its risk arrays. */
export type Columns = {
  readonly count: number
  readonly feeds: ReadonlyMap<FeedId, number>
  readonly collaterals: ReadonlyMap<CollateralId, number>
  readonly funding: ReadonlyMap<InstrumentId, number>
  /** Row of a perpetual's array by instrument, of an option's by instrument too: series may share a feed. */
  readonly rows: ReadonlyMap<InstrumentId, number>
  /** Column of the travel of an array that is published with this feed. */
  readonly travel: ReadonlyMap<FeedId, number>
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>
  readonly held: ReadonlyMap<CollateralId, Collateral>
}

/** Undefined where there are more than a ladder has room for. */
export function columnsOf({ instruments, collaterals }: EngineTerms): Columns | undefined {
  let count = 0
  const live = instruments.filter(({ payoff }) => payoff === undefined)
  const number = <Key>(keys: Iterable<Key>) => new Map([...new Set(keys)].map((key) => [key, count++]))
  const options = live.filter(({ kind }) => kind === 'option')
  const columns = {
    feeds: number(live.flatMap(({ markFeed, underlyingFeed }) => [markFeed, underlyingFeed])),
    collaterals: number(collaterals.map(({ id }) => id)),
    funding: number(live.flatMap(({ id, fundingIndex }) => (fundingIndex === undefined ? [] : [id]))),
    travel: number(options.map(({ markFeed }) => markFeed)),
    rows: new Map(live.map(({ id }, row) => [id, row])),
    instruments: new Map(instruments.map((one) => [one.id, one])),
    held: new Map(collaterals.map((one) => [one.id, one])),
  }
  return count > MOST_COLUMNS || live.length > MOST_ROWS ? undefined : { ...columns, count }
}

/** Whether an account's legs are the same under both: only what has a column of its own has moved. */
export function sameLegs(a: EngineTerms, b: EngineTerms): boolean {
  return (
    a.instruments.length === b.instruments.length &&
    a.collaterals.length === b.collaterals.length &&
    a.instruments.every((one, i) => sameInstrument(one, b.instruments[i])) &&
    a.collaterals.every((one, i) => sameCollateral(one, b.collaterals[i]))
  )
}

const sameInstrument = (a: Instrument, b: Instrument | undefined): boolean =>
  b !== undefined &&
  a.id === b.id &&
  a.kind === b.kind &&
  a.markFeed === b.markFeed &&
  a.underlyingFeed === b.underlyingFeed &&
  a.contingency === b.contingency &&
  a.shocks === b.shocks &&
  a.payoff === b.payoff &&
  (a.fundingIndex === undefined) === (b.fundingIndex === undefined)

const sameCollateral = (a: Collateral, b: Collateral | undefined): boolean =>
  b !== undefined && a.id === b.id && a.feed === b.feed && a.decimals === b.decimals

/** Writes where every column stands into `next`; a column that nothing is said about keeps its place. */
export function positionsInto(next: Float64Array, columns: Columns, terms: EngineTerms, prices: Prices): void {
  for (const [feed, column] of columns.feeds) {
    const quoted = prices.get(feed)
    if (quoted !== undefined) next[column] = dollars(quoted)
  }
  for (const { id, feed, haircut, gap } of terms.collaterals) {
    const quoted = prices.get(feed)
    const column = columns.collaterals.get(id)
    if (quoted !== undefined && column !== undefined)
      next[column] = (dollars(quoted) * (10_000 - haircut - gap)) / 10_000
  }
  for (const { id, fundingIndex } of terms.instruments) {
    const column = columns.funding.get(id)
    if (column !== undefined && fundingIndex !== undefined) next[column] = fundingPosition(fundingIndex)
  }
}

/** A funding index may be below zero, a column may not. */
export const fundingPosition = (index: bigint): number => FUNDING_ZERO + toDouble(index)

/** Where a funding index of zero stands: above what any index comes to, below what costs precision that matters. */
export const FUNDING_ZERO = 2 ** 20

/** Takes over the risk arrays that are published with prices, and moves their columns by what changed. */
export function travelInto(next: Float64Array, columns: Columns, prices: Prices, spreads: Spreads): void {
  for (const [instrument, row] of columns.rows) {
    const { kind, markFeed, shocks } = columns.instruments.get(instrument) ?? NOTHING
    const published = kind === 'option' ? prices.get(markFeed)?.shocks : shocks
    if (published === undefined) continue
    const change = takeRow(spreads.shocks, row, published)
    const column = columns.travel.get(markFeed)
    if (kind !== 'option' || column === undefined) continue
    spreads.travel[row] = column
    const from = next[column] ?? Number.NaN
    next[column] = Number.isNaN(from) ? TRAVEL_ZERO : from + change
  }
}

/** The largest change, in basis points. */
function takeRow(shocks: Float64Array, row: number, published: bigint): number {
  let most = 0
  unpackShocks(published).forEach((shock, s) => {
    const at = row * SCENARIOS + s
    most = Math.max(most, Math.abs(Number(shock) - (shocks[at] ?? 0) * 10_000))
    shocks[at] = Number(shock) / 10_000
  })
  return most
}

const NOTHING: Pick<Instrument, 'kind' | 'markFeed' | 'shocks'> = { kind: 'perpetual', markFeed: -1, shocks: 0n }
const TRAVEL_ZERO = 1_024

const dollars = ({ price }: OraclePrice): number => Number(price) / 1e8
