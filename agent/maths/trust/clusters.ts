// What moves together counts once. Positions of one event-hour share a crash: their hits are not independent, and a
// p-value that counts each of them is worth nothing.
import { Refusal } from '../risk/refusal.ts'

/** Something observed, with the event it belongs to. */
export type Clustered = { readonly cluster: string }

/** Observations by cluster, in the order in which clusters first appear. */
export function byCluster<One extends Clustered>(all: readonly One[]): readonly (readonly One[])[] {
  const groups = new Map<string, One[]>()
  for (const one of all) {
    const group = groups.get(one.cluster)
    if (group === undefined) groups.set(one.cluster, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

/** As many independent observations say as much as these do. */
export type EffectiveSize = { readonly clusters: number; readonly design: number; readonly size: number }

/**
 * Kish's effective size n / deff. The design effect 1 + (m - 1) rho needs the correlation rho inside a cluster: the
 * larger of what the hits show (Rao and Scott 1981) and what the normal scores show, because rare hits
 * alone cannot show that there is none. Never less than one, never more than if each cluster counted once.
 */
export function effectiveSize(
  groups: readonly (readonly { readonly hit: boolean; readonly score: number }[])[],
): EffectiveSize {
  const n = groups.reduce((sum, { length }) => sum + length, 0)
  if (n === 0) throw new Refusal('no-mass', 'expected at least one observation')
  const most = groups.reduce((sum, { length }) => sum + length ** 2, 0) / n
  const rate = groups.reduce((sum, group) => sum + group.filter(({ hit }) => hit).length, 0) / n
  const excess = groups.map((group) => group.reduce((sum, { hit }) => sum + (hit ? 1 : 0) - rate, 0))
  const spread = n * rate * (1 - rate)
  const shown = spread > 0 ? excess.reduce((sum, one) => sum + one * one, 0) / spread : 1
  const implied = 1 + (most - 1) * scoreCorrelation(groups)
  const design = Math.min(most, Math.max(1, shown, implied))
  return { clusters: groups.length, design, size: n / design }
}

/** Correlation of normal scores within clusters: all pairs of a cluster against the overall variance, at least zero. */
function scoreCorrelation(groups: readonly (readonly { readonly score: number }[])[]): number {
  let [products, pairs, squares, n] = [0, 0, 0, 0]
  for (const group of groups) {
    const sum = group.reduce((total, { score }) => total + score, 0)
    const square = group.reduce((total, { score }) => total + score * score, 0)
    products += sum * sum - square
    pairs += group.length * (group.length - 1)
    squares += square
    n += group.length
  }
  return pairs === 0 || squares === 0 ? 0 : Math.max(0, Math.min(1, products / pairs / (squares / n)))
}
