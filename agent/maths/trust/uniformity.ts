// Is a probability integral transform uniform? Histogram, Kolmogorov-Smirnov and Anderson-Darling, each cluster with
// the weight of one observation.
import { Refusal } from '../risk/refusal.ts'
import { byCluster, type Clustered } from './clusters.ts'

/** P(X <= x) as forecast, which is uniform if the forecast was right. */
export type Transform = Clustered & { readonly u: number }

/** Heights sum to one. `size` counts clusters: what the p-values rest on. */
export type Uniformity = {
  readonly observations: number
  readonly size: number
  readonly bins: readonly number[]
  readonly ks: { readonly D: number; readonly pValue: number }
  readonly ad: { readonly A2: number; readonly pValue: number }
}

/** Bins of the histogram. */
export const BINS = 20

/** Tests all transforms. */
export function uniformity(all: readonly Transform[]): Uniformity {
  if (all.length === 0) throw new Refusal('no-mass', 'expected at least one observation')
  const groups = byCluster(all)
  const weighted = groups
    .flatMap((group) => group.map(({ u }) => ({ u: inside(u), weight: 1 / (group.length * groups.length) })))
    .sort((a, b) => a.u - b.u)
  const bins = new Array<number>(BINS).fill(0)
  for (const { u, weight } of weighted) {
    const bin = Math.min(BINS - 1, Math.floor(u * BINS))
    bins[bin] = (bins[bin] ?? 0) + weight
  }
  const size = groups.length
  const D = largestGap(weighted)
  const A2 = size * quadraticGap(weighted)
  return {
    observations: all.length,
    size,
    bins,
    ks: { D, pValue: kolmogorovSurvival(D, size) },
    ad: { A2, pValue: andersonDarlingSurvival(A2) },
  }
}

/** Only what lies below a share, stretched to the whole interval: is the tail right, given that it is the tail? */
export function tailOnly(all: readonly Transform[], share: number): readonly Transform[] {
  return all.filter(({ u }) => u < share).map(({ cluster, u }) => ({ cluster, u: u / share }))
}

type Weighted = { readonly u: number; readonly weight: number }

/** Zero and one would stand infinitely far out in Anderson and Darling's measure. */
const inside = (u: number): number => Math.min(1 - 1e-9, Math.max(1e-9, u))

function largestGap(sorted: readonly Weighted[]): number {
  let [below, gap] = [0, 0]
  for (const { u, weight } of sorted) {
    gap = Math.max(gap, Math.abs(u - below), Math.abs(below + weight - u))
    below += weight
  }
  return gap
}

/** Integral of (F - u)^2 / (u (1 - u)): between neighbours F is constant and the integral elementary. */
function quadraticGap(sorted: readonly Weighted[]): number {
  let [from, F, sum] = [0, 0, 0]
  for (const { u, weight } of [...sorted, { u: 1, weight: 0 }]) {
    sum += from - u
    if (F > 1e-12) sum += F * F * Math.log(u / from)
    if (F < 1 - 1e-12) sum += (1 - F) ** 2 * Math.log((1 - from) / (1 - u))
    from = u
    F += weight
  }
  return Math.max(0, sum)
}

/** Kolmogorov's series with Stephens' (1970) correction for finite samples. */
export function kolmogorovSurvival(D: number, n: number): number {
  const root = Math.sqrt(n)
  const t = (root + 0.12 + 0.11 / root) * D
  if (t < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t)
  return Math.min(1, Math.max(0, sum))
}

/** Limit law of the Anderson-Darling statistic, by Marsaglia and Marsaglia's (2004) fit: within 2e-6. */
export function andersonDarlingSurvival(A2: number): number {
  if (A2 <= 0.01) return 1
  const z = A2
  if (z < 2) {
    const fit = 2.00012 + (0.247105 - (0.0649821 - (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z) * z) * z
    return Math.min(1, Math.max(0, 1 - (Math.exp(-1.2337141 / z) / Math.sqrt(z)) * fit))
  }
  const inner = 1.0776 - (2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z) * z) * z
  return Math.min(1, Math.max(0, -Math.expm1(-Math.exp(inner))))
}
