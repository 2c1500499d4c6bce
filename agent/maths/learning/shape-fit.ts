// The pooled prior from histories: weights of the variances by their forecasts, shapes of the three states and the spread
// of the business clock by the likelihood of standardised returns in bins.
import type { MarketState } from '../../domain/gap-record.ts'
import { atomsOf, compressed } from '../risk/latency.ts'
import { lawOver, YEAR_SECONDS } from '../risk/law.ts'
import { processOf } from '../risk/model.ts'
import { BAR_MILLIS, type Shape, YEAR_MILLIS } from './price-terms.ts'
import { least } from './simplex.ts'

/** Counts of standardised returns over a horizon in a state, in the bins of `EDGES`; worth so many independent ones. */
export type Bins = {
  readonly state: MarketState
  readonly seconds: number
  readonly counts: Float64Array
  readonly clusters: number
}

/** Ends of the bins, in forecast deviations: coarse in the middle, fine where losses are. */
export const EDGES: readonly number[] = [
  -14, -10, -8, -7, -6, -5, -4.5, -4, -3.5, -3.25, -3, -2.75, -2.5, -2.25, -2, -1.75, -1.5, -1.25, -1, -0.6, -0.2, 0.2,
  0.6, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5, 6, 8, 10, 14,
]

/** Which bin a standardised return falls into. */
export function binOf(z: number): number {
  const found = EDGES.findIndex((edge) => z < edge)
  return found < 0 ? EDGES.length : found
}

/** Realised annual variances beside what each half-life's mean said before. */
export type Forecasts = { readonly means: readonly (readonly number[])[]; readonly realised: readonly number[] }

/** Weights that make the forecast best by QLIKE (Patton 2011), which forgives noise in the realised variance. */
export function fitWeights({ means, realised }: Forecasts): readonly number[] {
  const size = means[0]?.length ?? 0
  const cost = (logs: readonly number[]): number => {
    const weights = logs.map(Math.exp)
    let sum = 0
    for (let i = 0; i < realised.length; i++) {
      let said = 0
      for (let k = 0; k < size; k++) said += (weights[k] ?? 0) * (means[i]?.[k] ?? 0)
      sum += (realised[i] ?? 0) / said + Math.log(said)
    }
    return sum / realised.length
  }
  const start = Array.from({ length: size }, () => Math.log(1 / size))
  return least(cost, start, 0.7, 700).map((log) => Math.max(0.001, Math.exp(log)))
}

/** Shapes by state and spreads by horizon (in the order of `horizons`, seconds). */
export type FittedShapes = {
  readonly states: Readonly<Record<MarketState, Shape>>
  readonly spreads: readonly number[]
}

/** How many clusters the shape of a state is held to the shape of all states with: rare states say little. */
const SHRINK = 30

/** First one shape for all states with the spreads, then each state's own. */
export function fitShapes(bins: readonly Bins[], horizons: readonly number[]): FittedShapes {
  const all = fitAll(bins, horizons)
  const spreadOf = (seconds: number): number => all.spreads[horizons.indexOf(seconds)] ?? 0.3
  const own = (state: MarketState): Shape => {
    const mine = bins.filter((one) => one.state === state)
    const from = coordinates(all.shape)
    const cost = (at: readonly number[]): number =>
      mine.reduce((sum, one) => sum + surprise(one, shapeFrom(at), spreadOf(one.seconds)), 0) +
      SHRINK * at.reduce((sum, x, k) => sum + (x - (from[k] ?? 0)) ** 2, 0)
    return widened(shapeFrom(least(cost, from, 0.3, 160)), mine, spreadOf)
  }
  return { states: { calm: own('calm'), triggered: own('triggered'), cascade: own('cascade') }, spreads: all.spreads }
}

/** Where tails are compared, and how far a shape may be widened. */
const TAIL = 0.01
const WIDEST = 1.5

/**
 * A shape stretched until its 1 % quantile is the one seen, on average over horizons in ln: likelihood fits the body, losses
 * are in the tail. Never made thinner.
 */
export function widened(shape: Shape, bins: readonly Bins[], spreadOf: (seconds: number) => number): Shape {
  const logs = bins
    .filter(({ counts }) => counts.some((count) => count > 0))
    .map(({ counts, seconds }) =>
      Math.log(lowerQuantile(counts) / lowerQuantile(Float64Array.from(binOdds(shape, seconds, spreadOf(seconds))))),
    )
  const factor = clamped(Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length)), 1, WIDEST)
  const { diffusion, jumps, up, eta1, eta2 } = shape
  return { diffusion: diffusion * factor, jumps, up, eta1: eta1 / factor, eta2: eta2 / factor }
}

/** The 1 % quantile of weights in bins, between their ends. */
function lowerQuantile(weights: Float64Array): number {
  const target = TAIL * weights.reduce((sum, weight) => sum + weight, 0)
  let below = 0
  for (const [i, weight] of weights.entries()) {
    const [low, high] = [EDGES[i - 1] ?? -20, EDGES[i] ?? 20]
    if (below + weight >= target) return low + ((high - low) * (target - below)) / weight
    below += weight
  }
  return 0
}

const FIRST: Shape = { diffusion: 0.85, jumps: 0.15, up: 0.45, eta1: 1, eta2: 1 }

function fitAll(bins: readonly Bins[], horizons: readonly number[]): { shape: Shape; spreads: readonly number[] } {
  const spreadsOf = (at: readonly number[]): readonly number[] => at.slice(5).map((log) => Math.min(1.5, Math.exp(log)))
  const cost = (at: readonly number[]): number => {
    const [shape, spreads] = [shapeFrom(at), spreadsOf(at)]
    return (
      bins.reduce((sum, one) => sum + surprise(one, shape, spreads[horizons.indexOf(one.seconds)] ?? 0.3), 0) +
      10 * Math.max(0, ...spreads.map((spread) => spread - 1.2))
    )
  }
  const found = least(cost, [...coordinates(FIRST), ...horizons.map(() => Math.log(0.5))], 0.4, 260)
  return { shape: shapeFrom(found), spreads: spreadsOf(found) }
}

/** Minus the log likelihood of a cell, scaled to its independent observations. */
function surprise({ counts, seconds, clusters }: Bins, shape: Shape, spread: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return 0
  const odds = binOdds(shape, seconds, spread)
  const log = counts.reduce(
    (sum, count, i) => (count === 0 ? sum : sum + count * Math.log(Math.max(1e-12, odds[i] ?? 0))),
    0,
  )
  return (-clusters * log) / total
}

/** Volatility at which shapes are fitted: so low that the drift, which does not scale, vanishes. */
const QUIET = 0.1

/** Odds of each bin under a shape over a horizon. */
function binOdds(shape: Shape, seconds: number, spread: number): readonly number[] {
  const bar = QUIET * Math.sqrt(BAR_MILLIS / YEAR_MILLIS)
  const model = {
    type: 'kou' as const,
    sigma: QUIET * shape.diffusion,
    lambda: (shape.jumps * YEAR_MILLIS) / BAR_MILLIS,
    p: shape.up,
    eta1: shape.eta1 / bar,
    eta2: shape.eta2 / bar,
  }
  const median = seconds * Math.exp(-0.5 * spread * spread)
  const { points, weights } = compressed(atomsOf({ type: 'lognormal', median, s: Math.max(0.02, spread) }), 12)
  const law = lawOver(processOf(model), { points: points.map((time) => time / YEAR_SECONDS), weights })
  const unit = QUIET * Math.sqrt(seconds / YEAR_SECONDS)
  const below = [0, ...EDGES.map((edge) => law.below(edge * unit)), 1]
  return below.slice(1).map((next, i) => next - (below[i] ?? 0))
}

const coordinates = ({ diffusion, jumps, up, eta1, eta2 }: Shape): readonly number[] => [
  Math.log(diffusion),
  Math.log(jumps),
  Math.log(up / (1 - up)),
  Math.log(eta1),
  Math.log(eta2),
]

/** Kept where a model is one: some diffusion, jumps neither endless nor endlessly many. */
function shapeFrom([diffusion = 0, jumps = 0, up = 0, eta1 = 0, eta2 = 0]: readonly number[]): Shape {
  return {
    diffusion: clamped(Math.exp(diffusion), 0.2, 2),
    jumps: clamped(Math.exp(jumps), 0.005, 3),
    up: clamped(1 / (1 + Math.exp(-up)), 0.02, 0.9),
    eta1: clamped(Math.exp(eta1), 0.3, 6),
    eta2: clamped(Math.exp(eta2), 0.3, 6),
  }
}

const clamped = (x: number, least_: number, most: number): number => Math.min(most, Math.max(least_, x))
