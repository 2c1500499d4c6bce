// The tail of a latency body beyond its 95 % quantile: a generalised Pareto law (Pickands 1975) by probability-weighted
// moments (Hosking and Wallis 1987), which exist where maximum likelihood does not converge.
import type { Rule } from '../risk/quadrature.ts'
import { at } from '../risk/special.ts'
import { quantileOf } from './histogram.ts'

/** Excess over `threshold`: P(Y > y) = (1 + shape y / scale)^(-1/shape). */
export type ParetoTail = { readonly threshold: number; readonly scale: number; readonly shape: number }

/** Where the tail begins, how many observations it needs, and the points that stand for it. */
const BEYOND = 0.95
const FEWEST = 20
const POINTS = 24

/** Shapes outside are not believed of a time that a protocol bounds. */
const SHAPES = [-0.5, 0.6] as const

/** Fits the tail of a rule made of so many observations; undefined when too few lie in it. */
export function tailOf(body: Rule, observations: number): ParetoTail | undefined {
  const threshold = quantileOf(body, BEYOND)
  const excesses = [...body.points.keys()].filter((i) => at(body.points, i) > threshold)
  const weight = excesses.reduce((sum, i) => sum + at(body.weights, i), 0)
  if (weight * observations < FEWEST) return undefined
  let [below, mean, second] = [0, 0, 0]
  for (const i of excesses) {
    const share = at(body.weights, i) / weight
    const excess = at(body.points, i) - threshold
    mean += share * excess
    second += share * excess * (1 - below - share / 2)
    below += share
  }
  const shape = Math.min(SHAPES[1], Math.max(SHAPES[0], 2 - mean / (mean - 2 * second)))
  return { threshold, scale: mean * (1 - shape), shape }
}

/** The rule with what lies beyond the threshold laid out along the tail, and nothing beyond the timeout. */
export function withTail(body: Rule, { threshold, scale, shape }: ParetoTail, timeout: number): Rule {
  const kept = [...body.points.keys()].filter((i) => at(body.points, i) <= threshold)
  const mass = 1 - kept.reduce((sum, i) => sum + at(body.weights, i), 0)
  const tail = Array.from({ length: POINTS }, (_, i) => {
    const survival = 1 - (i + 0.5) / POINTS
    const excess = Math.abs(shape) < 1e-9 ? -scale * Math.log(survival) : (scale * (survival ** -shape - 1)) / shape
    return Math.min(timeout, threshold + excess)
  })
  return {
    points: Float64Array.from([...kept.map((i) => at(body.points, i)), ...tail]),
    weights: Float64Array.from([...kept.map((i) => at(body.weights, i)), ...tail.map(() => mass / POINTS)]),
  }
}
