// How long a settlement takes, in seconds, as atoms in ln(time). The loss is smooth in ln(time), so the trapezoid rule
// over a smooth law and the Gauss rule over any law converge geometrically.
import { gaussLegendre, gaussOfMeasure, type Rule } from './quadrature.ts'
import { Refusal, within } from './refusal.ts'
import { at, gammaln } from './special.ts'

/** A latency law as an operator writes it; `residual` is what is left of a law at some age. */
export type Latency =
  | { readonly type: 'fixed'; readonly l: number }
  | { readonly type: 'gamma'; readonly k: number; readonly theta: number; readonly shift?: number | undefined }
  | { readonly type: 'lognormal'; readonly median: number; readonly s: number; readonly shift?: number | undefined }
  | { readonly type: 'uniform'; readonly lo: number; readonly hi: number }
  | { readonly type: 'mixture'; readonly parts: readonly (readonly [number, Latency])[] }
  | { readonly type: 'empirical'; readonly times: readonly number[]; readonly weights?: readonly number[] | undefined }
  | { readonly type: 'residual'; readonly of: Latency; readonly elapsed: number }

/** Widest step of the grid in ln(time). */
const STEP = 0.1

/** Most atoms of one law. */
const MOST = 20_000

/** Times in seconds with weights that sum to one. A step below the usual one is for what changes fast with time. */
export function atomsOf(latency: Latency, step = STEP): Rule {
  return normalised(atoms(latency, step))
}

/** Weight below which a node of a rule is left out: no digit of a probability that matters rests on it. */
const WEIGHTLESS = 2e-12

/** The rule with few nodes that stands for many atoms, in ln(time). */
export function compressed(atoms: Rule, nodes: number): Rule {
  const order = [...atoms.points.keys()].sort((a, b) => at(atoms.points, a) - at(atoms.points, b))
  const places = Float64Array.from(order, (i) => Math.log(at(atoms.points, i)))
  const { points, weights } = gaussOfMeasure(
    { points: places, weights: Float64Array.from(order, (i) => at(atoms.weights, i)) },
    nodes,
  )
  const kept = [...points.keys()].filter((i) => at(weights, i) > WEIGHTLESS)
  return {
    points: Float64Array.from(kept, (i) => Math.exp(at(points, i))),
    weights: Float64Array.from(kept, (i) => at(weights, i)),
  }
}

/** The law of a latency times an independent activity: business time. */
export function onBusinessClock(latency: Rule, activity: Rule): Rule {
  const pairs = [...latency.points.keys()].flatMap((i) => [...activity.points.keys()].map((j) => [i, j] as const))
  return {
    points: Float64Array.from(pairs, ([i, j]) => at(latency.points, i) * at(activity.points, j)),
    weights: Float64Array.from(pairs, ([i, j]) => at(latency.weights, i) * at(activity.weights, j)),
  }
}

/** Mean time. */
export const meanTime = ({ points, weights }: Rule): number =>
  points.reduce((sum, point, i) => sum + point * at(weights, i), 0)

/** Atoms whose weights sum to the mass of the law: one, or for a residual the chance of still being on the way. */
function atoms(latency: Latency, step: number): Rule {
  switch (latency.type) {
    case 'fixed':
      return { points: Float64Array.of(within('l', latency.l, { above: 0 })), weights: Float64Array.of(1) }
    case 'gamma':
    case 'lognormal':
      return overGrid(densityOf(latency, step), 0)
    case 'uniform':
      return uniform(within('lo', latency.lo, { least: 0 }), within('hi', latency.hi, { above: latency.lo }), step)
    case 'mixture':
      return mixture(wholeParts(latency.parts).map(([weight, part]) => [weight, atoms(part, step)]))
    case 'empirical':
      return empirical(latency.times, latency.weights ?? latency.times.map(() => 1 / latency.times.length))
    case 'residual':
      return residual(latency.of, within('elapsed', latency.elapsed, { least: 0 }), step)
  }
}

/** The smooth laws: ln of the density at a time, and where in ln(time) after the shift it has mass. */
type Density = {
  readonly shift: number
  readonly range: readonly [number, number]
  readonly step: number
  readonly log: (time: number) => number
}

function densityOf(latency: Extract<Latency, { type: 'gamma' | 'lognormal' }>, widest: number): Density {
  const shift = within('shift', latency.shift ?? 0, { least: 0 })
  if (latency.type === 'lognormal') {
    const middle = Math.log(within('median', latency.median, { above: 0 }))
    const s = within('s', latency.s, { above: 0, most: 10 })
    const scale = -Math.log(s * Math.sqrt(2 * Math.PI))
    const log = (time: number) => scale - Math.log(time) - 0.5 * ((Math.log(time) - middle) / s) ** 2
    return { shift, range: [middle - 8.5 * s, middle + 8.5 * s], step: Math.min(widest, s / 2), log }
  }
  const k = within('k', latency.k, { least: 0.05, most: 1e5 })
  const scale = Math.log(within('theta', latency.theta, { above: 0 }))
  const log = (time: number) => (k - 1) * (Math.log(time) - scale) - time * Math.exp(-scale) - gammaln(k) - scale
  const low = k > 60 ? Math.log(k) - 10 / Math.sqrt(k) : (gammaln(k + 1) - 34) / k
  const high = Math.log(k + 9 * Math.sqrt(k) + 40)
  return { shift, range: [scale + low, scale + high], step: Math.min(widest, 0.5 / Math.sqrt(k)), log }
}

/** Trapezoid in ln(time left) of a law at an age: what of it lies beyond that age. */
function overGrid({ shift, range: [low, high], step, log }: Density, elapsed: number): Rule {
  const age = elapsed - shift
  const from = age > 0 ? Math.min(low, Math.log(age)) - 36 : low
  const count = Math.ceil((high - from) / step)
  if (count > MOST) throw new Refusal('out-of-range', `a latency law is too wide or too narrow: ${count} atoms`)
  const width = (high - from) / count
  const left = Float64Array.from({ length: count + 1 }, (_, i) => Math.exp(from + i * width))
  const weights = left.map((time) => width * time * Math.exp(log(time + Math.max(0, age))))
  return { points: age < 0 ? left.map((time) => time - age) : left, weights }
}

/** Gauss-Legendre in ln(time), in panels. */
function uniform(lo: number, hi: number, step: number): Rule {
  const from = Math.log(Math.max(lo, hi * 1e-15))
  const span = Math.log(hi) - from
  const panels = Math.min(500, Math.ceil((span * STEP) / step))
  const { points, weights } = gaussLegendre(24)
  const half = span / panels / 2
  const middles = Array.from({ length: panels }, (_, i) => from + (2 * i + 1) * half)
  const times = Float64Array.from(middles.flatMap((middle) => [...points].map((x) => Math.exp(middle + half * x))))
  return { points: times, weights: times.map((time, i) => (time * half * at(weights, i % 24)) / (hi - lo)) }
}

/** Parts of a mixture whose weights are odds and sum to one. */
function wholeParts<Part>(parts: readonly (readonly [number, Part])[]): readonly (readonly [number, Part])[] {
  const sum = parts.reduce((total, [weight]) => total + within('weight', weight, { least: 0, most: 1 }), 0)
  if (sum === 0) throw new Refusal('no-mass', 'the parts of a latency law weigh nothing')
  if (Math.abs(sum - 1) > 1e-9) throw new Refusal('out-of-range', `expected weights that sum to one, found ${sum}`)
  return parts
}

function mixture(parts: readonly (readonly [number, Rule])[]): Rule {
  return {
    points: Float64Array.from(parts.flatMap(([, { points }]) => [...points])),
    weights: Float64Array.from(parts.flatMap(([weight, { weights }]) => [...weights].map((one) => weight * one))),
  }
}

function empirical(times: readonly number[], weights: readonly number[]): Rule {
  if (times.length !== weights.length)
    throw new Refusal('out-of-range', `expected ${times.length} weights, found ${weights.length}`)
  return {
    points: Float64Array.from(times, (time) => within('time', time, { above: 0 })),
    weights: Float64Array.from(weights, (weight) => within('weight', weight, { least: 0 })),
  }
}

/** What lies beyond an age, with the time already gone taken off. */
function residual(latency: Latency, elapsed: number, step: number): Rule {
  if (latency.type === 'gamma' || latency.type === 'lognormal') return overGrid(densityOf(latency, step), elapsed)
  if (latency.type === 'mixture')
    return mixture(wholeParts(latency.parts).map(([weight, part]) => [weight, residual(part, elapsed, step)]))
  if (latency.type === 'residual') return residual(latency.of, elapsed + latency.elapsed, step)
  if (latency.type === 'uniform') return residualUniform(latency, elapsed, step)
  const { points, weights } = atoms(latency, step)
  const kept = [...points.keys()].filter((i) => at(points, i) > elapsed)
  return {
    points: Float64Array.from(kept, (i) => at(points, i) - elapsed),
    weights: Float64Array.from(kept, (i) => at(weights, i)),
  }
}

function residualUniform({ lo, hi }: Extract<Latency, { type: 'uniform' }>, elapsed: number, step: number): Rule {
  if (elapsed >= hi) return { points: new Float64Array(), weights: new Float64Array() }
  const { points, weights } = uniform(Math.max(lo - elapsed, 0), hi - elapsed, step)
  const left = Math.min(1, (hi - elapsed) / (hi - lo))
  return { points, weights: weights.map((weight) => weight * left) }
}

/** Weights that sum to one, without atoms that weigh nothing. */
function normalised({ points, weights }: Rule): Rule {
  const mass = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(mass > 1e-12)) throw new Refusal('no-mass', `a latency law has no mass: ${mass}`)
  const kept = [...points.keys()].filter((i) => at(weights, i) > 1e-17 * mass)
  return {
    points: Float64Array.from(kept, (i) => at(points, i)),
    weights: Float64Array.from(kept, (i) => at(weights, i) / mass),
  }
}
