// The normal law and its tails, in double precision.

/** Standard normal distribution function. Relative accuracy holds deep into the left tail. */
export const normalCdf = (z: number): number => 0.5 * erfc(-z * Math.SQRT1_2)

/** Standard normal density. */
export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

/** The z with `normalCdf(z) = p`, for 0 < p < 1: Abramowitz and Stegun 26.2.23, refined by Halley steps on the cdf. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`expected a probability inside (0, 1), found ${p}`)
  if (p > 0.5) return -normalQuantile(1 - p)
  const r = Math.sqrt(-2 * Math.log(p))
  let z = (2.515517 + r * (0.802853 + r * 0.010328)) / (1 + r * (1.432788 + r * (0.189269 + r * 0.001308))) - r
  for (let i = 0; i < 3; i++) {
    const error = (normalCdf(z) - p) / normalDensity(z)
    z -= error / (1 + (z * error) / 2)
  }
  return z
}

/** Mean of the worst `tail` of a standard normal, as a positive number: density(quantile) / tail. */
export const normalShortfall = (tail: number): number => normalDensity(normalQuantile(tail)) / tail

/** One normal of a mixture: `mean` and `deviation` of the log return. */
export type Component = { readonly weight: number; readonly mean: number; readonly deviation: number }

/** A law of log returns: a mixture of normals whose weights sum to one. */
export type Mixture = readonly Component[]

/** P(X <= x). */
export const mixtureCdf = (law: Mixture, x: number): number =>
  law.reduce((sum, { weight, mean, deviation }) => sum + weight * below(x - mean, deviation), 0)

/** E[exp(X); X <= x]: what is left of a dollar in the states below x. */
export const mixturePartial = (law: Mixture, x: number): number =>
  law.reduce(
    (sum, { weight, mean, deviation: s }) => sum + weight * Math.exp(mean + (s * s) / 2) * below(x - mean - s * s, s),
    0,
  )

/** E[exp(X)]. */
export const mixtureMean = (law: Mixture): number => mixturePartial(law, Number.POSITIVE_INFINITY)

/** The x with P(X <= x) = p, by bisection to the last bit that matters (1e-12). */
export function mixtureQuantile(law: Mixture, p: number): number {
  let low = -1
  let high = 1
  while (mixtureCdf(law, low) > p) low *= 2
  while (mixtureCdf(law, high) < p) high *= 2
  while (high - low > 1e-12 * Math.max(1, Math.abs(low))) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (mixtureCdf(law, middle) < p) low = middle
    else high = middle
  }
  return high
}

const below = (distance: number, deviation: number): number =>
  deviation === 0 ? (distance >= 0 ? 1 : 0) : normalCdf(distance / deviation)

/** Complementary error function: series near zero, Lentz's continued fraction in the tail. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (x > 27) return 0
  return x < 1.5 ? 1 - erfSeries(x) : erfcFraction(x)
}

/** erf(x) = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6): terms all positive. */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** erfc(x) = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) (Abramowitz and Stegun 7.1.14). */
function erfcFraction(x: number): number {
  let fraction = x
  for (let n = 100; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction
}
