// Everything in flight and reserved, over common scenarios: one loss per row. Positions on the same asset share its
// path, so opposite legs net. What a candidate adds to ES is found exactly, or fast over the rows of the tail.
import { type Arrivals, arrivalsOf, delaysOnBins, luckOnBins } from './arrivals.ts'
import { HORIZONS, type Market } from './market.ts'
import { Refusal, within } from './refusal.ts'
import type { Scenarios } from './scenarios.ts'
import { type LevelRisk, type Room, roomFor, weightedRisk } from './tail-select.ts'

/** A loss of `fixed` - `exposure` (exp X - 1) when the route settles; a hedge has a negative exposure. */
export type Holding = {
  /** Tells settlements of one route apart: each has its own share of luck in time. */
  readonly id: number
  readonly asset: number
  readonly route: number
  readonly fixed: number
  readonly exposure: number
  /** Seconds already on the way. */
  readonly elapsed: number
}

/** The holding of a liquidation: loss D (K - h exp X). */
export const liquidation = (
  at: Pick<Holding, 'id' | 'asset' | 'route' | 'elapsed'>,
  { D, K, h }: { readonly D: number; readonly K: number; readonly h: number },
): Holding => ({ ...at, fixed: D * (K - h), exposure: D * h })

/** Losses of a set of holdings in every row. */
export type Book = {
  readonly market: Market
  readonly scenarios: Scenarios
  readonly losses: Float64Array
  readonly trial: Float64Array
  readonly room: Room
  /** Luck in time, of routes in rows and of single settlements, in bins. */
  readonly delays: Float32Array
  readonly luck: Float32Array
  readonly arrivals: Map<string, Arrivals>
}

/** An empty book over some scenarios. */
export const openBook = (market: Market, scenarios: Scenarios): Book => ({
  market,
  scenarios,
  losses: new Float64Array(scenarios.rows),
  trial: new Float64Array(scenarios.rows),
  room: roomFor(scenarios.rows),
  delays: delaysOnBins(scenarios.delays, market.routeShare),
  luck: luckOnBins(market.routeShare),
  arrivals: new Map(),
})

/** An empty book over the same scenarios: one limit's part of everything. They share what is only room to work in. */
export const partOf = (book: Book): Book => ({ ...book, losses: new Float64Array(book.losses.length) })

/** Rows that are worked on at once: what they need of one asset stays in the processor's cache. */
const BLOCK = 2048

/** Forgets everything and adds all holdings, block by block and asset by asset. */
export function rebuild(book: Book, holdings: readonly Holding[]): void {
  book.losses.fill(0)
  const places = holdings.toSorted((a, b) => a.asset - b.asset).map((holding) => placesOf(book, holding))
  const { length } = book.losses
  for (let from = 0; from < length; from += BLOCK)
    for (const place of places) addRows(book, book.losses, place, { from, to: Math.min(length, from + BLOCK), sign: 1 })
}

/** Adds a holding. */
export const add = (book: Book, holding: Holding): void => addTo(book, book.losses, holding, 1)

/** Takes a holding out again, exactly as it was added. */
export const remove = (book: Book, holding: Holding): void => addTo(book, book.losses, holding, -1)

/** VaR and ES of the book. */
export const riskOf = (book: Book, alphas: readonly number[]): LevelRisk[] =>
  weightedRisk(book.losses, book.scenarios.weights, alphas, book.room)

/** VaR and ES with some candidates on top. */
export function riskWith(book: Book, candidates: readonly Holding[], alphas: readonly number[]): LevelRisk[] {
  book.trial.set(book.losses)
  for (const candidate of candidates) addTo(book, book.trial, candidate, 1)
  return weightedRisk(book.trial, book.scenarios.weights, alphas, book.room)
}

/** What a candidate adds to ES: ES with it less ES without. */
export function marginal(book: Book, candidate: Holding, { alpha, ES }: Pick<LevelRisk, 'alpha' | 'ES'>): number {
  const [after] = riskWith(book, [candidate], [alpha])
  return (after?.ES ?? Number.NaN) - ES
}

/** Rows of the tail with their shares of it; shares sum to one. */
export type TailRows = { readonly rows: Int32Array; readonly shares: Float64Array }

/** The rows beyond VaR, and those at it for what is left. */
export function tailRows({ losses, scenarios }: Book, { alpha, VaR }: Pick<LevelRisk, 'alpha' | 'VaR'>): TailRows {
  const rows = Int32Array.from(losses.keys()).filter((row) => (losses[row] ?? 0) >= VaR)
  const tail = 1 - alpha
  const weigh = (kept: (loss: number) => boolean): number =>
    rows.reduce((sum, row) => sum + (kept(losses[row] ?? 0) ? (scenarios.weights[row] ?? 0) : 0), 0)
  const [beyond, at] = [weigh((loss) => loss > VaR), weigh((loss) => loss === VaR)]
  const part = at > 0 ? (tail - beyond) / at : 0
  const shares = Float64Array.from(
    rows,
    (row) => ((scenarios.weights[row] ?? 0) * ((losses[row] ?? 0) > VaR ? 1 : part)) / tail,
  )
  return { rows, shares }
}

/** Euler's share: the mean loss of a holding over the rows of the tail. Over all holdings it sums to ES. */
export function euler(book: Book, holding: Holding, { rows, shares }: TailRows): number {
  const { fixed, exposure, arrivals, asset, delay, stall, seed } = placesOf(book, holding)
  const { delays, luck, scenarios } = book
  const { moves, stalled } = scenarios
  let sum = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0
    let mixed = Math.imul(row ^ seed, 0x2c1b3c6d)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x297a2d39)
    const bin = ((delays[delay + row] ?? 0) + (luck[(mixed >>> 18) & 4095] ?? 0)) | 0
    const column = arrivals[((stalled[stall + row] ?? 0) << 10) | bin] ?? 0
    sum += (shares[i] ?? 0) * (fixed - exposure * (moves[asset + column + row] ?? 0))
  }
  return sum
}

function addTo(book: Book, losses: Float64Array, holding: Holding, sign: number): void {
  addRows(book, losses, placesOf(book, holding), { from: 0, to: losses.length, sign })
}

type Span = { readonly from: number; readonly to: number; readonly sign: number }

/** Adds a loss in some rows. The same loop as above over neighbouring rows: it runs a thousand times per rebuild. */
function addRows(book: Book, losses: Float64Array, places: Places, { from, to, sign }: Span): void {
  const { fixed, exposure, arrivals, asset, delay, stall, seed } = places
  const { delays, luck, scenarios } = book
  const { moves, stalled } = scenarios
  const [always, perMove] = [sign * fixed, sign * exposure]
  for (let row = from; row < to; row++) {
    let mixed = Math.imul(row ^ seed, 0x2c1b3c6d)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x297a2d39)
    const bin = ((delays[delay + row] ?? 0) + (luck[(mixed >>> 18) & 4095] ?? 0)) | 0
    const column = arrivals[((stalled[stall + row] ?? 0) << 10) | bin] ?? 0
    losses[row] = (losses[row] ?? 0) + always - perMove * (moves[asset + column + row] ?? 0)
  }
}

/** Where a holding's numbers stand in the scenarios. */
type Places = Pick<Holding, 'fixed' | 'exposure'> & {
  readonly arrivals: Int32Array
  readonly asset: number
  readonly delay: number
  readonly stall: number
  readonly seed: number
}

function placesOf({ market, scenarios, arrivals }: Book, holding: Holding): Places {
  const route = market.routes[holding.route]
  if (market.assets[holding.asset] === undefined || route === undefined)
    throw new Refusal('out-of-range', `asset ${holding.asset} or route ${holding.route} is not in the market`)
  within('elapsed', holding.elapsed, { least: 0 })
  return {
    fixed: within('fixed', holding.fixed),
    exposure: within('exposure', holding.exposure),
    arrivals: arrivalsOf(market, arrivals, holding, scenarios.rows),
    asset: holding.asset * HORIZONS.length * scenarios.rows,
    delay: holding.route * scenarios.rows,
    stall: route.chain * scenarios.rows,
    seed: Math.imul(holding.id + 1, 0x9e3779b1),
  }
}
