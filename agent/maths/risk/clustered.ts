// Coverage when breaches come in clusters: forecasts of one cluster share a market, so that only clusters count as
// independent (Liang and Zeger 1986; Rao and Scott 1981 for counts).
import { kupiec } from './backtest.ts'
import { Refusal, within } from './refusal.ts'
import { studentCdf } from './special.ts'

/** Forecasts of one cluster and how many of them were breached. */
export type Cluster = { readonly forecasts: number; readonly breaches: number }

export type ClusteredCoverage = {
  readonly clusters: number
  readonly forecasts: number
  readonly breaches: number
  readonly expected: number
  /** Standard error of the number of breaches, over clusters. */
  readonly error: number
  /** Breaches beyond what was expected, in standard errors, and the chance of one as large either way (Student). */
  readonly t: number
  readonly pValue: number
  /** Independent forecasts that would know as much as these, and Kupiec's test on so many. */
  readonly effective: number
  readonly kupiecP: number
}

/** Whether the share of breaches is `p`, clusters being independent of each other and of nothing else. */
export function clusteredCoverage(all: readonly Cluster[], p: number): ClusteredCoverage {
  within('p', p, { above: 0, below: 1 })
  const clusters = all.filter(({ forecasts }) => forecasts > 0)
  const count = clusters.length
  if (count < 2) throw new Refusal('no-mass', `expected at least two clusters with forecasts, found ${count}`)
  const forecasts = sum(clusters, (one) => one.forecasts)
  const breaches = sum(clusters, (one) => one.breaches)
  const expected = p * forecasts
  const error = Math.sqrt(varianceOfSum(clusters, (one) => one.breaches - p * one.forecasts))
  const t = error === 0 ? 0 : (breaches - expected) / error
  const effective = effectiveSize(clusters, breaches / forecasts)
  const share = breaches / forecasts
  return {
    ...{ clusters: count, forecasts, breaches, expected, error, t, effective },
    pValue: 2 * studentCdf(-Math.abs(t), count - 1),
    kupiecP: kupiec(effective, Math.round(share * effective), p).pValue,
  }
}

/** Variance of a sum over independent clusters, from their spread. */
function varianceOfSum(clusters: readonly Cluster[], of: (one: Cluster) => number): number {
  const values = clusters.map(of)
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return (values.length / (values.length - 1)) * squares
}

/** Forecasts over the design effect; without a breach nothing is known of it, and each cluster counts once. */
function effectiveSize(clusters: readonly Cluster[], share: number): number {
  const forecasts = sum(clusters, (one) => one.forecasts)
  if (share === 0 || share === 1) return clusters.length
  const variance = varianceOfSum(clusters, (one) => one.breaches - share * one.forecasts)
  const effect = Math.max(1, variance / (forecasts * share * (1 - share)))
  return Math.max(1, Math.round(forecasts / effect))
}

const sum = (clusters: readonly Cluster[], of: (one: Cluster) => number): number =>
  clusters.reduce((total, one) => total + of(one), 0)
