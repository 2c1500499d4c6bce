// A market that moves as it once did. Publishers do not repeat every trade: they publish when a price has moved far
// enough, or when they have been silent for too long.
import { bps, type FeedId } from '../../domain/units.ts'
import { asPrice } from '../sales.ts'
import type { SimulatedMarket } from '../spec.ts'
import { type PriceHistory, type Rounds, rowAt } from './prices.ts'

/** When a publisher speaks: after a move (a ratio), or after a silence (milliseconds). */
export type OracleRule = { readonly deviation: number; readonly heartbeat: number }

/** Where the history is played. */
export type Played = {
  /** Symbols by feed. */
  readonly symbols: readonly string[]
  /** The time of the history at the opening. */
  readonly opensAt: number
  /** Modelled time per wall time. */
  readonly timeScale: number
  readonly oracle: OracleRule
}

/** The last row known at every moment; nothing of a later one. */
export function historyMarket(history: PriceHistory, { symbols, opensAt, timeScale, oracle }: Played): SimulatedMarket {
  const traded = symbols.map((symbol) => columnOf(history, symbol))
  const told = symbols.map((symbol, feed) => {
    const rounds = history.rounds?.get(symbol)
    return rounds === undefined
      ? published(history.times, traded[feed] ?? new Float64Array(), oracle)
      : rounded(history.times, rounds)
  })
  const at = (columns: readonly Float64Array[], feed: FeedId, time: number): number =>
    columns[feed]?.[rowAt(history, opensAt + time * timeScale)] ?? Number.NaN
  return {
    spot: (feed, time) => at(traded, feed, time),
    entries: (time) =>
      symbols.map((_, feed) => ({ feed, price: asPrice(at(told, feed, time)), confidence: bps(5), shocks: 0n })),
  }
}

/** What publishers say at every row. */
export function published(
  times: Float64Array,
  traded: Float64Array,
  { deviation, heartbeat }: OracleRule,
): Float64Array {
  const told = new Float64Array(traded.length)
  let [last, since] = [traded[0] ?? Number.NaN, times[0] ?? 0]
  for (const [row, now] of traded.entries()) {
    const time = times[row] ?? 0
    if (Math.abs(now / last - 1) >= deviation || time - since >= heartbeat) [last, since] = [now, time]
    told[row] = last
  }
  return told
}

/** The last round at every row: nothing of a later one. */
const rounded = (times: Float64Array, rounds: Rounds): Float64Array =>
  times.map((time) => rounds.prices[rowAt(rounds, time)] ?? Number.NaN)

function columnOf({ prices, name }: PriceHistory, symbol: string): Float64Array {
  const column = prices.get(symbol)
  if (column === undefined) throw new RangeError(`${name} has no prices of ${symbol}`)
  return column
}
