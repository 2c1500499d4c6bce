// The pooled prior fitted to price weeks: what the bench judges a week with is fitted on the others.
import { NO_JUMPS } from '../../../agent/maths/learning/jump-learning.ts'
import { scoreOf } from '../../../agent/maths/learning/price-belief.ts'
import { learnPrice, type PriceLearning } from '../../../agent/maths/learning/price-learning.ts'
import { type Horizon, PRICE_TERMS, type PriceTerms, type Shapes } from '../../../agent/maths/learning/price-terms.ts'
import { type Bins, binOf, EDGES, fitShapes, fitWeights } from '../../../agent/maths/learning/shape-fit.ts'
import { stateOf } from '../../../agent/maths/learning/trigger.ts'
import type { Series } from './weeks.ts'

/** Horizons at which the clock is fitted, in seconds. */
const HORIZONS: readonly number[] = [60, 300, 900, 3600, 14_400]

/** What the learner had seen at a minute of a series, kept for all horizons. */
export type Trail = {
  readonly series: Series
  readonly logs: Float64Array
  readonly squares: Float64Array
  readonly means: readonly (readonly number[])[]
  readonly scores: Float64Array
  readonly flags: readonly [number, number, number, number]
}

/** Terms for minute prices. */
export const minuteTerms = (shapes: Shapes = PRICE_TERMS.shapes): PriceTerms => ({ ...PRICE_TERMS, shapes })

/** What is learned minute by minute. */
export function trailOf(series: Series): Trail {
  const terms = minuteTerms()
  const size = series.at.length
  const scores = new Float64Array(size)
  const means: (readonly number[])[] = []
  let state: PriceLearning | undefined
  for (let i = 0; i < size; i++) {
    state = learnPrice(state, { at: series.at[i] ?? 0, price: series.price[i] ?? 0 }, terms)
    means.push(state.merged.variances.values)
    scores[i] = scoreOf(state.merged, terms)
  }
  const logs = series.price.map(Math.log)
  const squares = new Float64Array(size)
  for (let i = 1; i < size; i++) squares[i] = (squares[i - 1] ?? 0) + ((logs[i] ?? 0) - (logs[i - 1] ?? 0)) ** 2
  const { ups, downs, upExcess, downExcess } = state?.merged.jumps ?? NO_JUMPS
  return { series, logs, squares, means, scores, flags: [size, ups, downs, upExcess + downExcess] }
}

/** Weights, shapes, spreads and flags that fit the trails together. */
export function fitTrails(trails: readonly Trail[]): Shapes {
  const weights = HORIZONS.map((seconds) => fitWeights(forecastsOf(trails, seconds / 60)))
  const bins = HORIZONS.flatMap((seconds, i) => binsOf(trails, seconds / 60, weights[i] ?? []))
  const { states, spreads } = fitShapes(bins, HORIZONS)
  const [first, ...rest] = HORIZONS.map(
    (seconds, i): Horizon => ({ seconds, weights: weights[i] ?? [], spread: spreads[i] ?? 0 }),
  )
  if (first === undefined) throw new RangeError('expected a horizon')
  const [returns, ups, downs, excess] = [0, 1, 2, 3].map((k) =>
    trails.reduce((sum, one) => sum + (one.flags[k] ?? 0), 0),
  )
  const count = (ups ?? 0) + (downs ?? 0)
  const flags = { odds: count / (returns ?? 1), up: (ups ?? 0) / count, excess: (excess ?? 0) / count }
  return { states, flags, horizons: [first, ...rest] }
}

/** A prime, so that no minute of the hour is preferred. */
const STRIDE = 7

/** The first hour only teaches. */
const FIRST = 60

function forecastsOf(trails: readonly Trail[], minutes: number) {
  const means: (readonly number[])[] = []
  const realised: number[] = []
  for (const { means: seen, squares } of trails)
    for (let i = FIRST; i + minutes < squares.length; i += STRIDE) {
      means.push(seen[i] ?? [])
      realised.push(Math.max(1e-4, (((squares[i + minutes] ?? 0) - (squares[i] ?? 0)) / minutes) * 525_600))
    }
  return { means, realised }
}

function binsOf(trails: readonly Trail[], minutes: number, weights: readonly number[]): Bins[] {
  const cells = { calm: emptyCell(), triggered: emptyCell(), cascade: emptyCell() }
  trails.forEach(({ logs, means, scores }, which) => {
    for (let i = FIRST; i + minutes < logs.length; i += 2) {
      const annual = (means[i] ?? []).reduce((sum, mean, k) => sum + mean * (weights[k] ?? 0), 0)
      const z = ((logs[i + minutes] ?? 0) - (logs[i] ?? 0)) / Math.sqrt((annual * minutes) / 525_600)
      const cell = cells[stateOf(scores[i] ?? 0)]
      const bin = binOf(z)
      cell.counts[bin] = (cell.counts[bin] ?? 0) + 1
      cell.clusters.add(which * 1e6 + Math.floor(i / Math.max(60, minutes)))
    }
  })
  return Object.entries(cells).map(([state, { counts, clusters }]) => ({
    state: state === 'calm' || state === 'triggered' ? state : 'cascade',
    seconds: minutes * 60,
    counts,
    clusters: clusters.size,
  }))
}

const emptyCell = () => ({ counts: new Float64Array(EDGES.length + 1), clusters: new Set<number>() })
