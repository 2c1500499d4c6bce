// Annual variance of one feed as a cascade of exponentially weighted means, from fast to slow.
import { HALF_LIVES, type PriceTerms, YEAR_MILLIS } from './price-terms.ts'

/** One annual variance per half-life, after `seen` modelled milliseconds of prices. */
export type Variances = { readonly seen: number; readonly values: readonly number[] }

/** A squared return counts up to this many deviations (threshold estimator, Mancini 2009): one crash does not price a week. */
const CUT = 4.1

/** What is believed before any price. */
export const priorVariances = ({ volatility }: PriceTerms): Variances => ({
  seen: 0,
  values: HALF_LIVES.map(() => volatility ** 2),
})

/** After a log return over `elapsed` milliseconds. While little was seen, the prior weighs as much as `trust` of prices. */
export function afterReturn({ seen, values }: Variances, x: number, elapsed: number, terms: PriceTerms): Variances {
  const annual = (x * x * YEAR_MILLIS) / elapsed
  const most = CUT ** 2 * Math.max(...values, terms.floor ** 2)
  const weights = HALF_LIVES.map((life) =>
    Math.max(1 - 2 ** (-elapsed / life), elapsed / (elapsed + seen + terms.trust)),
  )
  return {
    seen: seen + elapsed,
    values: values.map((value, i) => value + (weights[i] ?? 0) * (Math.min(annual, most) - value)),
  }
}

/** The variance that weights of the cascade forecast; the prior has the share that weights leave. */
export function forecast({ values }: Variances, weights: readonly number[], terms: PriceTerms): number {
  const total = values.reduce((sum, value, i) => sum + (weights[i] ?? 0) * value, 0)
  return Math.max(terms.floor ** 2, total)
}

/** Returns that the cascade rests on, in effect: the mean of its fastest half-life's window. */
export const effectiveReturns = ({ seen }: Variances, spacing: number): number => {
  const window = (HALF_LIVES[0] ?? 0) / Math.LN2
  return (window * (1 - Math.exp(-seen / window))) / spacing
}
