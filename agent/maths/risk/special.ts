// Special functions of the trade, over well-kept single functions. Accuracy is tested against 40-digit values.
import erfc from '@stdlib/math-base-special-erfc'
import erfcinv from '@stdlib/math-base-special-erfcinv'
import scaledErfc from '@stdlib/math-base-special-erfcx'
import logGamma from '@stdlib/math-base-special-gammaln'
import tCdf from '@stdlib/stats-base-dists-t-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'

/** 1 / sqrt(2 pi). */
export const INVERSE_ROOT_TWO_PI = 0.3989422804014327

/** exp(x^2) erfc(x): the far tail without underflow. */
export const erfcx = (x: number): number => scaledErfc(x)

/** ln |Gamma(x)|. */
export const gammaln = (x: number): number => logGamma(x)

/** Standard normal distribution function, with relative accuracy in the left tail. */
export const normalCdf = (z: number): number => 0.5 * erfc(-z * Math.SQRT1_2)

/** Standard normal density. */
export const normalDensity = (z: number): number => INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z)

/** The z with `normalCdf(z) = p`. Through the inverse of erfc, which holds where the usual inverse gives up (1e-17). */
export const normalQuantile = (p: number): number => -Math.SQRT2 * erfcinv(2 * p)

/** Student's distribution function with `nu` degrees of freedom. */
export const studentCdf = (x: number, nu: number): number => tCdf(x, nu)

/** The x with `studentCdf(x, nu) = p`. */
export const studentQuantile = (p: number, nu: number): number => tQuantile(p, nu)

/** Student's density. */
export const studentDensity = (x: number, nu: number): number =>
  Math.exp(
    logGamma((nu + 1) / 2) -
      logGamma(nu / 2) -
      0.5 * Math.log(nu * Math.PI) -
      ((nu + 1) / 2) * Math.log1p((x * x) / nu),
  )

/** Mean of -Z below the p quantile of a standard normal: density / p. */
export const normalTailMean = (p: number): number => normalDensity(normalQuantile(p)) / p

/** Mean of -T below the p quantile: f(q) / p (nu + q^2) / (nu - 1), as corrected by Dobrev, Nesmith and Oh (2017). */
export function studentTailMean(p: number, nu: number): number {
  const q = studentQuantile(p, nu)
  return ((studentDensity(q, nu) / p) * (nu + q * q)) / (nu - 1)
}

/** Chance that a chi-square with one degree of freedom exceeds x. */
export const chiSquareOneSurvival = (x: number): number => erfc(Math.sqrt(x / 2))

/** Reads a number out of an array that is known to hold it. */
export const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN
