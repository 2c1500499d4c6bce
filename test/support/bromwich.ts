// The law of a gap by a road that shares nothing with the program's: Bromwich's integral of the moment generating
// function along a vertical line through its saddle point, one latency at a time, by trapezoids (no closed form of jump
// sums, no cosine series, no Gauss rule). Slow and plain on purpose.
import type { Latency } from '../../agent/maths/risk/latency.ts'
import type { PriceModel } from '../../agent/maths/risk/model.ts'

import { erfcx, normalCdf } from '../../agent/maths/risk/special.ts'

const YEAR = 31_536_000
type Atom = readonly [years: number, weight: number]

/** F(x) = P(X <= x) and G(x) = E[exp X; X <= x] over a gap. */
export function bromwich(model: PriceModel, latency: Latency, growth = 0) {
  const atoms = atomsOf(latency)
  const sum = (order: 0 | 1, x: number): number =>
    atoms.reduce((total, [years, weight]) => total + weight * below({ model, growth, years }, order, x), 0)
  return { below: (x: number) => sum(0, x), partial: (x: number) => sum(1, x) }
}

type Place = { readonly model: PriceModel; readonly growth: number; readonly years: number }

/** E[exp(order X); X <= x] after a fixed time. Left of the pole the line counts what is below, right of it the rest. */
function below({ model, growth, years }: Place, order: 0 | 1, x: number): number {
  const short = oneJump({ model, growth, years }, order, x)
  if (short !== undefined) return short
  const whole = Math.exp(order * growth * years)
  const [left, right] = strip(model)
  const exponent = logMomentOf(model, growth)
  const at = (c: number): number => years * exponent(c, 0).re - (c - order) * x
  const inside = (edge: number): number => order + 0.85 * (edge - order)
  const off = (edge: number): number =>
    order + Math.sign(edge - order) * Math.min(0.1 * Math.abs(edge - order), 0.3 / spreadOf(model, years))
  const [low, high] = [lowest(at, inside(left), off(left)), lowest(at, off(right), inside(right))]
  const line = at(low) < at(high) ? low : high
  const start = at(line)
  if (start < -745) return line < order ? 0 : whole
  const step = stepOf(model, years, line, [left, right, order])
  const last = Math.sqrt(80 / years) / model.sigma
  const a = line - order
  let sum = 1 / (2 * a)
  for (let k = 1; k * step < last && k < 4e6; k++) {
    const u = k * step
    const { re, im } = exponent(line, u)
    const angle = years * im - u * x
    sum += (Math.exp(years * re - a * x - start) * (a * Math.cos(angle) + u * Math.sin(angle))) / (a * a + u * u)
  }
  const found = (sum * step * Math.exp(start)) / Math.PI
  return line < order ? -found : whole - found
}

/** So short a time that at most one jump happens: a normal, and a normal plus one jump (Kou 2002, appendix B). */
function oneJump({ model, growth, years }: Place, order: 0 | 1, x: number): number | undefined {
  if (model.type === 'merton' && model.lambda > 0) return undefined
  const expected = model.type === 'kou' ? model.lambda * years : 0
  if (expected > 1e-6) return undefined
  const s = model.sigma * Math.sqrt(years)
  const drift = driftOf(model, growth) * years
  const [mean, scale] = [drift + order * s * s, Math.exp(order * (drift + (order * s * s) / 2) - expected)]
  const z = (x - mean) / s
  const still = normalCdf(z)
  if (model.type !== 'kou') return scale * still
  const [up, down] = [model.eta1 - order, model.eta2 + order]
  const rise = still - tailTimes(up * s - z, (up * s) ** 2 / 2 - up * s * z)
  const fall = still + tailTimes(down * s + z, (down * s) ** 2 / 2 + down * s * z)
  const jumped = ((model.p * model.eta1) / up) * rise + (((1 - model.p) * model.eta2) / down) * fall
  return scale * (still + expected * jumped)
}

/** exp(exponent) Phi(-c), where the exponent may be large: exponent - c^2 / 2 is not. */
const tailTimes = (c: number, exponent: number): number =>
  c > 0 ? 0.5 * Math.exp(exponent - (c * c) / 2) * erfcx(c * Math.SQRT1_2) : Math.exp(exponent) * normalCdf(-c)

/** Where moments exist. */
const strip = (model: PriceModel): readonly [number, number] =>
  model.type === 'kou' && model.lambda > 0
    ? [model.p < 1 ? -model.eta2 : -1e7, model.p > 0 ? model.eta1 : 1e7]
    : [-1e7, 1e7]

/** The lowest point of a convex function inside an interval, by thirds on a scale that is fine near both ends. */
function lowest(f: (c: number) => number, from: number, to: number): number {
  const place = (t: number): number => from + (to - from) / (1 + Math.exp(-t))
  let [a, b] = [-34, 34]
  for (let i = 0; i < 90; i++) {
    const [l, r] = [a + (b - a) / 3, b - (b - a) / 3]
    const [fl, fr] = [f(place(l)), f(place(r))]
    if (!Number.isFinite(fl)) a = l
    else if (!Number.isFinite(fr)) b = r
    else if (fl < fr) b = r
    else a = l
  }
  return place((a + b) / 2)
}

/** Fine enough for the poles near the line and for the width of the law. */
function stepOf(model: PriceModel, years: number, line: number, edges: readonly number[]): number {
  const nearest = Math.min(...edges.map((edge) => Math.abs(edge - line)))
  return Math.min(nearest / 6, 0.12 / spreadOf(model, years))
}

const spreadOf = (model: PriceModel, years: number): number =>
  model.sigma * Math.sqrt(years) + (model.type === 'lognormal' ? 0 : jumpScale(model, years))

const jumpScale = (model: Exclude<PriceModel, { type: 'lognormal' }>, years: number): number => {
  const count = Math.sqrt(model.lambda * years)
  return count * (model.type === 'kou' ? 1.5 / Math.min(model.eta1, model.eta2) : Math.hypot(model.muJ, model.sigmaJ))
}

/** ln E[exp(z X_1)] at z = c + iu. The same object is handed out again and again. */
function logMomentOf(model: PriceModel, growth: number): (c: number, u: number) => { re: number; im: number } {
  const out = { re: 0, im: 0 }
  const half = model.sigma ** 2 / 2
  const lambda = model.type === 'lognormal' ? 0 : model.lambda
  const jump = model.type === 'kou' ? kouJump(model) : model.type === 'merton' ? mertonJump(model) : () => undefined
  const drift = driftOf(model, growth)
  return (c, u) => {
    out.re = 0
    out.im = 0
    jump(c, u, out)
    out.re = drift * c + half * (c * c - u * u) + lambda * out.re
    out.im = drift * u + 2 * half * c * u + lambda * out.im
    return out
  }
}

/** Drift per year with which the price grows as stated. */
function driftOf(model: PriceModel, growth: number): number {
  const out = { re: 0, im: 0 }
  if (model.type === 'kou') kouJump(model)(1, 0, out)
  else if (model.type === 'merton') mertonJump(model)(1, 0, out)
  return growth - model.sigma ** 2 / 2 - (model.type === 'lognormal' ? 0 : model.lambda * out.re)
}

/** E[exp(z J)] - 1. */
type Jump = (c: number, u: number, out: { re: number; im: number }) => void

const mertonJump =
  ({ muJ, sigmaJ }: Extract<PriceModel, { type: 'merton' }>): Jump =>
  (c, u, out) => {
    const size = Math.exp(muJ * c + (sigmaJ ** 2 * (c * c - u * u)) / 2)
    const angle = muJ * u + sigmaJ ** 2 * c * u
    out.re = size * Math.cos(angle) - 1
    out.im = size * Math.sin(angle)
  }

const kouJump =
  ({ p, eta1, eta2 }: Extract<PriceModel, { type: 'kou' }>): Jump =>
  (c, u, out) => {
    const up = p === 0 ? 0 : (p * eta1) / ((eta1 - c) ** 2 + u * u)
    const down = p === 1 ? 0 : ((1 - p) * eta2) / ((eta2 + c) ** 2 + u * u)
    out.re = (p === 0 ? 0 : up * (eta1 - c)) + (p === 1 ? 0 : down * (eta2 + c)) - 1
    out.im = up * u - down * u
  }

/** A latency as times in years: midpoints of a fine even grid in ln(time), or of the law's own variable. */
function atomsOf(latency: Latency): readonly Atom[] {
  switch (latency.type) {
    case 'fixed':
      return [[latency.l / YEAR, 1]]
    case 'lognormal':
      return even(100, -8, 8).map(([z, width]) => [
        ((latency.shift ?? 0) + latency.median * Math.exp(latency.s * z)) / YEAR,
        (width * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
      ])
    case 'gamma':
      return gammaAtoms(latency.k, latency.theta, latency.shift ?? 0)
    case 'uniform':
      return simpson(60).map(([t, weight]) => [
        Math.max(1e-9, latency.lo + (latency.hi - latency.lo) * t * t) / YEAR,
        2 * t * weight,
      ])
    case 'mixture':
      return latency.parts.flatMap(([share, part]) => atomsOf(part).map(([years, w]): Atom => [years, share * w]))
    case 'empirical': {
      const weights = latency.weights ?? latency.times.map(() => 1)
      const total = weights.reduce((a, b) => a + b, 0)
      return latency.times.map((time, i) => [time / YEAR, (weights[i] ?? 0) / total])
    }
    case 'residual':
      throw new RangeError('expected a law that starts now')
  }
}

function gammaAtoms(k: number, theta: number, shift: number): readonly Atom[] {
  const low = k > 30 ? Math.log(k) - 9 / Math.sqrt(k) : -30 / k
  const high = Math.log(k + 9 * Math.sqrt(k) + 40)
  const step = Math.min(0.12, 0.3 / Math.sqrt(k))
  const raw = even(Math.ceil((high - low) / step), low, high).map(
    ([v]): Atom => [(shift + theta * Math.exp(v)) / YEAR, Math.exp(k * (v - Math.log(k)) - Math.exp(v) + k)],
  )
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0)
  return raw.map(([years, weight]): Atom => [years, weight / total]).filter(([, weight]) => weight > 1e-15)
}

const even = (count: number, from: number, to: number): readonly Atom[] =>
  Array.from({ length: count }, (_, i) => [from + ((i + 0.5) * (to - from)) / count, (to - from) / count])

const simpson = (panels: number): readonly Atom[] =>
  Array.from({ length: 2 * panels + 1 }, (_, i) => [
    i / (2 * panels),
    (i === 0 || i === 2 * panels ? 1 : i % 2 === 1 ? 4 : 2) / (6 * panels),
  ])
