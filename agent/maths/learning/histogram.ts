// How long things took, in bounded memory: weights over even steps of ln(time), with the mean time in each.
import type { Rule } from '../risk/quadrature.ts'
import { at } from '../risk/special.ts'

/** One step: its place on the grid, its weight, and weight times seconds. */
type Cell = { readonly place: number; readonly weight: number; readonly sum: number }

/** Ascending by place. At most `PLACES` cells, however much was seen. */
export type Histogram = readonly Cell[]

/** Width of a step in ln(seconds): 4 %. */
const STEP = 0.04

/** From a millisecond to ten weeks. */
const [LOWEST, HIGHEST] = [Math.floor(Math.log(0.001) / STEP), Math.ceil(Math.log(6e6) / STEP)]

/** Weight below which what faded is forgotten: no ratio of such weights means anything. */
export const FORGOTTEN = 1e-6

/** All weights times a factor. */
export const faded = (cells: Histogram, kept: number): Histogram =>
  kept === 1
    ? cells
    : cells
        .map(({ place, weight, sum }) => ({ place, weight: weight * kept, sum: sum * kept }))
        .filter(({ weight }) => weight >= FORGOTTEN)

/** Adds one time in seconds. */
export function withTime(cells: Histogram, seconds: number): Histogram {
  const place = Math.min(HIGHEST, Math.max(LOWEST, Math.floor(Math.log(seconds) / STEP)))
  const found = cells.findIndex((cell) => cell.place >= place)
  const index = found < 0 ? cells.length : found
  const there = cells[index]
  if (there?.place === place) return cells.with(index, { place, weight: there.weight + 1, sum: there.sum + seconds })
  return cells.toSpliced(index, 0, { place, weight: 1, sum: seconds })
}

/** Sum of weights. */
export const mass = (cells: Histogram): number => cells.reduce((sum, { weight }) => sum + weight, 0)

/** The cells as times and weights that sum to one. */
export function ruleOf(cells: Histogram): Rule {
  const total = mass(cells)
  return {
    points: Float64Array.from(cells, ({ sum, weight }) => sum / weight),
    weights: Float64Array.from(cells, ({ weight }) => weight / total),
  }
}

/** The time below which a share of a rule lies, between its points. */
export function quantileOf({ points, weights }: Rule, share: number): number {
  let below = 0
  for (let i = 0; i < points.length; i++) {
    const next = below + at(weights, i)
    if (next >= share) return at(points, i)
    below = next
  }
  return at(points, points.length - 1)
}
