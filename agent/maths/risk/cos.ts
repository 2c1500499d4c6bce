// Any member of the family by its characteristic function: the COS expansion (Fang and Oosterlee 2008) on an interval
// from Chernoff's bound (Junike and Pankrashkin 2022; the interval from cumulants misprices rare jumps).
// It solves the nodes on which many jumps are expected, and it is the cross-check of the closed forms.
import type { Kernel } from './kernel.ts'
import type { Process } from './model.ts'
import type { Rule } from './quadrature.ts'
import { Refusal } from './refusal.ts'

/** Mass that may lie outside the interval, and most terms. */
type Terms = { readonly outside?: number; readonly most?: number }

/** The law of X over the nodes (times in years) as a cosine series. */
export function cosExpansion(process: Process, nodes: Rule, terms: Terms = {}): Kernel {
  const { low, width, total, density } = expansion(process, nodes, terms)
  const mass = density.map((one, k) => (k === 0 ? one / 2 : (one * width) / (k * Math.PI)))
  return {
    add: (x, sums) => {
      if (x <= low) return
      if (x >= low + width) sums[0] = (sums[0] ?? 0) + total
      else addSeries(mass, density, { from: x - low, width }, sums)
    },
  }
}

/**
 * E[exp X; X <= x] from the series of X itself. The tilted law has its jumps up at eta1 - 1: near one its right tail is
 * longer than any interval, though nothing of it is asked for.
 */
export function weightedExpansion(process: Process, nodes: Rule): Kernel {
  const { low, width, density } = expansion(process, nodes, {})
  const whole = nodes.weights.reduce(
    (sum, weight, i) => sum + weight * Math.exp(process.growth * (nodes.points[i] ?? 0)),
    0,
  )
  return {
    add: (x, sums) => {
      if (x <= low) return
      const partial = x >= low + width ? whole : weightedSum(density, { low, width }, x)
      sums[0] = (sums[0] ?? 0) + partial
    },
  }
}

/** The integral of exp(y) cos(u (y - low)) from `low` to x is [exp(y) (cos + u sin) / (1 + u^2)]. */
function weightedSum(density: Float64Array, { low, width }: Pick<Interval, 'low' | 'width'>, x: number): number {
  const [grown, before] = [Math.exp(x), Math.exp(low)]
  let sum = 0
  for (let k = 0; k < density.length; k++) {
    const u = (k * Math.PI) / width
    const angle = u * (x - low)
    const term = (grown * (Math.cos(angle) + u * Math.sin(angle)) - before) / (1 + u * u)
    sum += (k === 0 ? 0.5 : 1) * (density[k] ?? 0) * term
  }
  return sum
}

type Expansion = {
  readonly low: number
  readonly width: number
  readonly total: number
  readonly density: Float64Array
}

function expansion(process: Process, nodes: Rule, { outside = 1e-13, most = 1 << 15 }: Terms): Expansion {
  const total = nodes.weights.reduce((sum, weight) => sum + weight, 0)
  const level = Math.max(5, Math.log(total / outside))
  const [low, high] = chernoff(process, nodes, level - Math.log(total))
  const width = high - low
  const narrowest = process.sigma * Math.sqrt(Math.min(...nodes.points))
  const terms = Math.max(64, Math.ceil(((width / narrowest) * Math.sqrt(2 * level)) / Math.PI) + 8)
  if (!(terms <= most)) throw new Refusal('unresolved', `an expansion would need ${terms} terms of at most ${most}`)
  return { low, width, total, density: coefficients(process, nodes, { low, width, terms }) }
}

function addSeries(
  mass: Float64Array,
  density: Float64Array,
  { from, width }: { readonly from: number; readonly width: number },
  sums: Float64Array,
): void {
  const angle = (from * Math.PI) / width
  const twice = 2 * Math.cos(angle)
  let [sineBefore, sine, cosineBefore, cosine] = [0, Math.sin(angle), 1, Math.cos(angle)]
  let below = (mass[0] ?? 0) * from
  let here = (density[0] ?? 0) / 2
  for (let k = 1; k < mass.length; k++) {
    below += (mass[k] ?? 0) * sine
    here += (density[k] ?? 0) * cosine
    const nextSine = twice * sine - sineBefore
    const nextCosine = twice * cosine - cosineBefore
    sineBefore = sine
    sine = nextSine
    cosineBefore = cosine
    cosine = nextCosine
  }
  sums[0] = (sums[0] ?? 0) + below
  sums[1] = (sums[1] ?? 0) + here
}

type Interval = { readonly low: number; readonly width: number; readonly terms: number }

function coefficients(process: Process, nodes: Rule, { low, width, terms }: Interval): Float64Array {
  const found = new Float64Array(terms)
  const exponent = new Float64Array(2)
  for (let k = 0; k < terms; k++) {
    const u = (k * Math.PI) / width
    characteristic(process, u, exponent)
    let sum = 0
    for (let i = 0; i < nodes.points.length; i++) {
      const time = nodes.points[i] ?? 0
      const size = (nodes.weights[i] ?? 0) * Math.exp(time * (exponent[0] ?? 0))
      if (size > 1e-19) sum += size * Math.cos(time * (exponent[1] ?? 0) - u * low)
    }
    found[k] = (2 / width) * sum
  }
  return found
}

/** The exponent psi(u) of E[exp(i u X_t)] = exp(t psi), as real and imaginary part. */
export function characteristic({ sigma, drift, jumps }: Process, u: number, into: Float64Array): void {
  let real = -0.5 * sigma * sigma * u * u
  let imaginary = drift * u
  if (jumps.kind === 'normal') {
    const size = Math.exp(-0.5 * (jumps.deviation * u) ** 2)
    real += jumps.lambda * (size * Math.cos(jumps.mean * u) - 1)
    imaginary += jumps.lambda * size * Math.sin(jumps.mean * u)
  } else if (jumps.kind === 'exponential') {
    const rise = (jumps.p * jumps.up) / (jumps.up ** 2 + u * u)
    const fall = ((1 - jumps.p) * jumps.down) / (jumps.down ** 2 + u * u)
    real += jumps.lambda * (rise * jumps.up + fall * jumps.down - 1)
    imaginary += jumps.lambda * u * (rise - fall)
  }
  into[0] = real
  into[1] = imaginary
}

/** ln E[exp(t X_1)]. */
function cumulant({ sigma, drift, jumps }: Process, t: number): number {
  const smooth = drift * t + 0.5 * sigma * sigma * t * t
  if (jumps.kind === 'none') return smooth
  if (jumps.kind === 'normal')
    return smooth + jumps.lambda * Math.expm1(jumps.mean * t + 0.5 * (jumps.deviation * t) ** 2)
  return (
    smooth +
    jumps.lambda * ((jumps.p * jumps.up) / (jumps.up - t) + ((1 - jumps.p) * jumps.down) / (jumps.down + t) - 1)
  )
}

/** The interval outside of which at most exp(-level) lies on either side. */
function chernoff(process: Process, nodes: Rule, level: number): readonly [number, number] {
  const bound = (t: number): number => (level + logMoment(process, nodes, t)) / Math.abs(t)
  const { jumps } = process
  const [downTo, upTo] = jumps.kind === 'exponential' ? [jumps.down, jumps.up] : [1e5, 1e5]
  const tries = Array.from({ length: 80 }, (_, i) => 1e5 * 0.8 ** i)
  const inside = (limit: number): readonly number[] =>
    limit < 1e5 ? Array.from({ length: 60 }, (_, i) => (limit * (i + 0.5)) / 60) : tries
  const low = -Math.min(...inside(downTo).map((t) => bound(-t)))
  const high = Math.min(...inside(upTo).map(bound))
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(high > low))
    throw new Refusal('unresolved', 'the tails of a law have no usable bound')
  return [low, high]
}

/** ln E[exp(t X)] over the nodes. */
function logMoment(process: Process, { points, weights }: Rule, t: number): number {
  const rate = cumulant(process, t)
  const logs = points.map((time, i) => Math.log(weights[i] ?? 0) + time * rate)
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity)
  if (most === Infinity) return most
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0))
}
