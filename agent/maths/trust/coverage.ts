// Were losses beyond VaR as frequent as they should be (Kupiec 1995, exact where few are expected), and did they come
// alone (Christoffersen 1998)? Counts are brought to their effective size first.
import { christoffersen, kupiec } from '../risk/backtest.ts'
import { gammaln } from '../risk/special.ts'
import { byCluster, type Clustered, effectiveSize } from './clusters.ts'

/** Whether one loss went beyond VaR. `score` is the normal score of its transform. */
export type Hit = Clustered & { readonly hit: boolean; readonly score: number }

/** Hits at one level against what the level promises. `tooMany` is the one-sided chance of as many or more. */
export type Coverage = {
  readonly alpha: number
  readonly observations: number
  readonly hits: number
  readonly expected: number
  readonly clusters: number
  /** Independent observations worth as much. */
  readonly size: number
  readonly test: 'exact binomial' | 'kupiec'
  readonly pValue: number
  readonly tooMany: number
  /** Undefined with fewer than two hits in event-hours: there is nothing to cluster. */
  readonly independence: number | undefined
}

/** Below as many expected hits the likelihood ratio's law is no chi-square. */
const FEW = 10

/** Judges hits at a level. Observations are in order of time. */
export function coverage(all: readonly Hit[], alpha: number): Coverage {
  const groups = byCluster(all)
  const odds = 1 - alpha
  const { size, clusters } = effectiveSize(groups)
  const hits = all.filter(({ hit }) => hit).length
  const n = Math.max(1, Math.round(size))
  const x = Math.min(n, Math.round((hits * n) / all.length))
  const exact = n * odds < FEW
  const tooMany = binomialSurvival(n, x, odds)
  return {
    alpha,
    observations: all.length,
    hits,
    expected: all.length * odds,
    clusters,
    size,
    test: exact ? 'exact binomial' : 'kupiec',
    pValue: exact ? binomialTwoSided(n, x, odds) : kupiec(n, x, odds).pValue,
    tooMany,
    independence: independence(groups.map((group) => group.some(({ hit }) => hit))),
  }
}

/** Do event-hours with a hit follow each other? */
function independence(hours: readonly boolean[]): number | undefined {
  if (hours.filter((hit) => hit).length < 2) return undefined
  const counts = { n00: 0, n01: 0, n10: 0, n11: 0 }
  for (let i = 1; i < hours.length; i++) counts[`n${hours[i - 1] ? 1 : 0}${hours[i] ? 1 : 0}`]++
  return christoffersen(counts).pValue
}

const logBinomial = (n: number, k: number, p: number): number =>
  gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p)

/** P(X >= x). */
export function binomialSurvival(n: number, x: number, p: number): number {
  if (x <= 0) return 1
  if (x <= n * p) return 1 - summed(n, p, 0, x - 1)
  return summed(n, p, x, n)
}

/** Twice the smaller tail, at most one. */
function binomialTwoSided(n: number, x: number, p: number): number {
  return Math.min(1, 2 * Math.min(binomialSurvival(n, x, p), 1 - binomialSurvival(n, x + 1, p)))
}

function summed(n: number, p: number, from: number, to: number): number {
  let sum = 0
  for (let k = from; k <= to; k++) {
    const term = Math.exp(logBinomial(n, k, p))
    sum += term
    if (k > n * p && term < 1e-16 * sum) break
  }
  return Math.min(1, sum)
}
