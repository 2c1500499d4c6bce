// The law of the collateral's log return over the gap: F(x) = P(X <= x) and G(x) = E[exp X; X <= x].
// Nodes with few expected jumps are summed in closed form, the others by one cosine series.
import { cosExpansion, weightedExpansion } from './cos.ts'
import { type Kernel, noSums } from './kernel.ts'
import { kouMixture } from './kou-mixture.ts'
import { atomsOf, compressed, type Latency, meanTime, onBusinessClock } from './latency.ts'
import { intensity, mirrored, type PriceModel, type Process, processOf, tilted, varianceRate } from './model.ts'
import { normalMixture } from './normal-mixture.ts'
import type { Rule } from './quadrature.ts'
import { at } from './special.ts'

/** Seconds of the year that parameters are stated in. */
export const YEAR_SECONDS = 31_536_000

/**
 * Where the cosine series takes over: more expected jumps on a node than this, or a diffusion this many mean jumps wide.
 * Up to there both agree to 1e-14; beyond, the recurrence of the closed form loses digits.
 */
const FEW_JUMPS = 1
const WIDE_DIFFUSION = 10

/** What the law of a gap is made of. `growth` is a drift per year, `activity` the business clock. */
export type Gap = {
  readonly model: PriceModel
  readonly latency: Latency
  readonly growth?: number | undefined
  readonly activity?: Latency | undefined
}

/** F and G, and what a quote starts from. Both are cheap to call many times. */
export type ReturnLaw = {
  readonly below: (x: number) => number
  readonly partial: (x: number) => number
  /** E[exp X]. */
  readonly mean: number
  /** Mass below x and density at x, added up. */
  readonly kernel: Kernel
  /** Standard deviation of X: the scale on which to look for quantiles. */
  readonly deviation: number
}

/** The law in as many nodes as asked for; all atoms of the latency where none are named (accuracy over speed). */
export function returnLaw({ model, growth, ...times }: Gap, nodes?: number): ReturnLaw {
  const process = processOf(model, growth)
  return lawOver(process, businessYears(times, nodes, stepFor(process, times.latency)))
}

/** A drift this many deviations long makes F a step in ln(time), as wide as the one over the other. */
const STEEP = 5

/** The step in ln(time) that resolves a law; the usual one unless the drift is steep. */
function stepFor({ sigma, drift }: Process, latency: Latency): number | undefined {
  const steepness = (Math.abs(drift) * Math.sqrt((4 * meanTime(atomsOf(latency))) / YEAR_SECONDS)) / sigma
  return steepness < STEEP ? undefined : Math.max(1e-3, 0.5 / steepness)
}

/** Latency times activity, in years. The dear part of a law, and the same for every price model. */
export function businessYears(
  { latency, activity }: Pick<Gap, 'latency' | 'activity'>,
  nodes?: number,
  step?: number,
): Rule {
  const clock = clockOf(atomsOf(latency, step), activity)
  return inYears(nodes === undefined ? clock : compressed(clock, nodes))
}

/** The law over given times in years. */
export function lawOver(process: Process, nodes: Rule): ReturnLaw {
  const kernel = kernelOf(process, nodes)
  const grown = nodes.weights.map((weight, i) => weight * Math.exp(process.growth * at(nodes.points, i)))
  const weighted = weightedOf(process, nodes, grown)
  const mean = grown.reduce((sum, weight) => sum + weight, 0)
  const years = nodes.points.reduce((sum, time, i) => sum + time * at(nodes.weights, i), 0)
  return {
    below: (x) => Math.min(1, massBelow(kernel, x)),
    partial: (x) => Math.min(mean, massBelow(weighted, x)),
    mean,
    kernel,
    deviation: Math.sqrt(varianceRate(process) * years),
  }
}

/** Below this rate of jumps up the tilted law's right tail is too long for a series. */
const SLOW_DECAY = 3

/** G's kernel: the law of the tilted process. */
function weightedOf(process: Process, nodes: Rule, grown: Float64Array): Kernel {
  const { jumps } = process
  const heavy = jumps.kind === 'exponential' && jumps.p > 0 && jumps.up < SLOW_DECAY
  const tilt = tilted(process)
  const short = heavy ? part(nodes, (time) => time <= closedUpTo(tilt)) : nodes
  const long = heavy ? part(nodes, (time) => time > closedUpTo(tilt)) : undefined
  const weights = heavy
    ? part({ points: nodes.points, weights: grown }, (time) => time <= closedUpTo(tilt)).weights
    : grown
  const kernel = kernelOf(tilt, { points: short.points, weights })
  if (long === undefined || long.points.length === 0) return kernel
  return joined([kernel, ...bands(long).map((band) => weightedExpansion(process, band))])
}

/** The law of -X, for right tails: `below` is P(X >= -x), `partial` is E[exp X; X >= -x]. */
export function mirroredLaw(process: Process, nodes: Rule): Pick<ReturnLaw, 'below' | 'partial'> {
  const kernel = kernelOf(mirrored(process), nodes)
  const grown = nodes.weights.map((weight, i) => weight * Math.exp(process.growth * at(nodes.points, i)))
  const weighted = kernelOf(mirrored(tilted(process)), { points: nodes.points, weights: grown })
  return { below: (x) => massBelow(kernel, x), partial: (x) => massBelow(weighted, x) }
}

function clockOf(latency: Rule, activity: Latency | undefined): Rule {
  if (activity === undefined) return latency
  return onBusinessClock(compressed(latency, 48), compressed(atomsOf(activity), 48))
}

const inYears = ({ points, weights }: Rule): Rule => ({ points: points.map((time) => time / YEAR_SECONDS), weights })

function massBelow(kernel: Kernel, x: number): number {
  const sums = noSums()
  kernel.add(x, sums)
  return Math.max(0, at(sums, 0))
}

function kernelOf(process: Process, nodes: Rule): Kernel {
  const few = closedUpTo(process)
  const { jumps } = process
  const [short, long] = [part(nodes, (time) => time <= few), part(nodes, (time) => time > few)]
  const kernels: Kernel[] = []
  if (short.points.length > 0)
    kernels.push(jumps.kind === 'exponential' ? kouMixture(process, jumps, short) : normalMixture(process, short))
  kernels.push(...bands(long).map((band) => cosExpansion(process, band)))
  return joined(kernels)
}

function joined(kernels: readonly Kernel[]): Kernel {
  const [only, ...others] = kernels
  if (only === undefined || others.length === 0) return only ?? { add: () => undefined }
  return {
    add: (x, sums) => {
      for (const kernel of kernels) kernel.add(x, sums)
    },
  }
}

/** Longest over shortest time in one cosine series: its interval is as wide as the one, its terms as fine as the other. */
const BAND = 256

/** Nodes in bands of time, each narrow enough for one series. */
function bands(nodes: Rule): readonly Rule[] {
  const shortest = Math.min(...nodes.points)
  const bandOf = (time: number): number => Math.floor(Math.log(time / shortest) / Math.log(BAND))
  const found = new Set(Array.from(nodes.points, bandOf))
  return [...found].map((band) => part(nodes, (time) => bandOf(time) === band))
}

/** The longest time, in years, that is summed in closed form. */
function closedUpTo(process: Process): number {
  const { sigma, jumps } = process
  if (jumps.kind === 'none') return Infinity
  const few = FEW_JUMPS / intensity(process)
  return jumps.kind === 'normal' ? few : Math.min(few, (WIDE_DIFFUSION / (sigma * Math.max(jumps.up, jumps.down))) ** 2)
}

function part({ points, weights }: Rule, kept: (time: number) => boolean): Rule {
  const places = [...points.keys()].filter((i) => kept(at(points, i)))
  return {
    points: Float64Array.from(places, (i) => at(points, i)),
    weights: Float64Array.from(places, (i) => at(weights, i)),
  }
}
