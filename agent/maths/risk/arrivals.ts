// When settlements arrive in a row: luck in time (a normal score, in bins) to a column of horizons.
import { atomsOf, type Latency } from './latency.ts'
import { HORIZONS, type Market } from './market.ts'
import { Refusal } from './refusal.ts'
import { normalQuantile } from './special.ts'

/** Bins of normal scores from -10 to 10: no sum of luck falls outside. */
const BINS = 1024
const PER_SCORE = BINS / 20

/** First column entry per bin while a chain flows, then per bin while it stalls. */
export type Arrivals = Int32Array

/** The part of luck that settlements of a route share, in bins from the middle. */
export const delaysOnBins = (delays: Float32Array, share: number): Float32Array =>
  delays.map((delay) => Math.sqrt(share) * PER_SCORE * Math.max(-6, Math.min(6, delay)) + BINS / 2)

/** The part that is a settlement's own: 4,096 equally likely values, in bins. */
export const luckOnBins = (share: number): Float32Array =>
  Float32Array.from({ length: 4096 }, (_, i) => Math.sqrt(1 - share) * PER_SCORE * normalQuantile((i + 0.5) / 4096))

/** Columns of the scenarios by bin, for a route at an age; found once. */
export function arrivalsOf(
  market: Market,
  known: Map<string, Arrivals>,
  { route, elapsed }: { readonly route: number; readonly elapsed: number },
  rows: number,
): Arrivals {
  const key = `${route} ${elapsed}`
  const found = known.get(key)
  if (found !== undefined) return found
  const { latency, chain } = market.routes[route] ?? { latency: { type: 'fixed', l: 1 }, chain: 0 }
  const stall = market.chains[chain]?.stall ?? latency
  const made = new Int32Array(2 * BINS)
  made.set(columns(left(latency, elapsed, stall), rows))
  made.set(columns(left(stall, elapsed, stall), rows), BINS)
  if (known.size > 4096) known.clear()
  known.set(key, made)
  return made
}

/** What is left of a law at an age; of a law that should be over, the stall's, and of that its last moment. */
function left(latency: Latency, elapsed: number, stall: Latency): Latency {
  if (elapsed === 0) return latency
  const residual: Latency = { type: 'residual', of: latency, elapsed }
  try {
    atomsOf(residual)
    return residual
  } catch (error) {
    if (!(error instanceof Refusal && error.reason === 'no-mass')) throw error
    return stall === latency
      ? { type: 'fixed', l: HORIZONS[HORIZONS.length - 1] ?? elapsed }
      : left(stall, elapsed, stall)
  }
}

/** Per bin the first entry of the horizon next to the latency's quantile, by ratio. */
function columns(latency: Latency, rows: number): Int32Array {
  const { points, weights } = atomsOf(latency)
  const order = [...points.keys()].sort((a, b) => (points[a] ?? 0) - (points[b] ?? 0))
  const bins = new Int32Array(BINS)
  let [below, bin, column] = [0, 0, 0]
  for (const i of order) {
    below += weights[i] ?? 0
    const end = below >= 1 - 1e-15 ? BINS : Math.ceil(normalQuantile(below) * PER_SCORE + BINS / 2)
    column = nearest(points[i] ?? 0) * rows
    while (bin < Math.min(BINS, end)) bins[bin++] = column
  }
  return bins.fill(column, bin)
}

/** The horizon next to a time, by ratio. */
function nearest(time: number): number {
  let best = 0
  for (const [i, horizon] of HORIZONS.entries()) {
    const known = HORIZONS[best] ?? horizon
    if (Math.abs(Math.log(horizon / time)) < Math.abs(Math.log(known / time))) best = i
  }
  return best
}
