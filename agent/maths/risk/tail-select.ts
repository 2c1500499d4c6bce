// VaR and ES of weighted losses without sorting them: a histogram finds the bucket, only that bucket is put in order.
import { Refusal, within } from './refusal.ts'

/** VaR and ES at a level. */
export type LevelRisk = { readonly alpha: number; readonly VaR: number; readonly ES: number }

/** Room that is used again at every call. */
export type Room = { readonly mass: Float64Array; readonly sums: Float64Array; readonly members: Int32Array }

const BUCKETS = 2048

/** Room for some number of rows. */
export const roomFor = (rows: number): Room => ({
  mass: new Float64Array(BUCKETS),
  sums: new Float64Array(BUCKETS),
  members: new Int32Array(rows),
})

/** Risk of losses whose weights sum to one, at each level. */
export function weightedRisk(
  losses: Float64Array,
  weights: Float64Array,
  alphas: readonly number[],
  room: Room,
): LevelRisk[] {
  const [least, most] = ends(losses)
  if (!Number.isFinite(most - least)) throw new Refusal('not-a-number', 'a scenario has no finite loss')
  const perBucket = (BUCKETS - 1e-6) / (most - least || 1)
  room.mass.fill(0)
  room.sums.fill(0)
  for (let row = 0; row < losses.length; row++) {
    const loss = losses[row] ?? 0
    const weight = weights[row] ?? 0
    const bucket = ((loss - least) * perBucket) | 0
    room.mass[bucket] = (room.mass[bucket] ?? 0) + weight
    room.sums[bucket] = (room.sums[bucket] ?? 0) + weight * loss
  }
  return alphas.map((alpha) => {
    const tail = 1 - within('alpha', alpha, { above: 0, below: 1 })
    return { alpha, ...riskAt(losses, weights, { least, perBucket, tail }, room) }
  })
}

function ends(losses: Float64Array): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity]
  for (let row = 0; row < losses.length; row++) {
    const loss = losses[row] ?? 0
    if (loss < least) least = loss
    if (loss > most) most = loss
    if (Number.isNaN(loss)) return [loss, loss]
  }
  return [least, most]
}

type Cut = { readonly least: number; readonly perBucket: number; readonly tail: number }

function riskAt(
  losses: Float64Array,
  weights: Float64Array,
  { least, perBucket, tail }: Cut,
  { mass, sums, members }: Room,
): { readonly VaR: number; readonly ES: number } {
  let [above, lost, bucket] = [0, 0, BUCKETS - 1]
  for (; bucket > 0 && above + (mass[bucket] ?? 0) < tail; bucket--) {
    above += mass[bucket] ?? 0
    lost += sums[bucket] ?? 0
  }
  let count = 0
  for (let row = 0; row < losses.length; row++) {
    const place = (((losses[row] ?? 0) - least) * perBucket) | 0
    if (place === bucket) members[count++] = row
  }
  const ordered = members.subarray(0, count).sort((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0))
  let VaR = 0
  for (const row of ordered) {
    VaR = losses[row] ?? 0
    const weight = Math.min(weights[row] ?? 0, tail - above)
    above += weight
    lost += weight * VaR
    if (above >= tail) break
  }
  return { VaR, ES: (lost + (tail - above) * VaR) / tail }
}
