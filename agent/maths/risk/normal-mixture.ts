// Lognormal and Merton laws over latency nodes: a flat mixture of normals, one per node and number of jumps.
import type { Kernel, Sums } from './kernel.ts'
import type { Jumps, Process } from './model.ts'
import type { Rule } from './quadrature.ts'
import { Refusal } from './refusal.ts'
import { fastErfcx } from './scaled-tail.ts'
import { INVERSE_ROOT_TWO_PI } from './special.ts'

/** Weight below which one more jump is left out. */
const NEGLIGIBLE = 1e-18

type Normals = { readonly weights: number[]; readonly means: number[]; readonly deviations: number[] }

/** The law of X over the nodes (times in years). Jumps that are not normal are not its trade. */
export function normalMixture(process: Process, nodes: Rule): Kernel {
  const normals: Normals = { weights: [], means: [], deviations: [] }
  for (const [i, time] of nodes.points.entries()) overCounts(process, time, nodes.weights[i] ?? 0, normals)
  const weights = Float64Array.from(normals.weights)
  const means = Float64Array.from(normals.means)
  const inverses = Float64Array.from(normals.deviations, (deviation) => 1 / deviation)
  return { add: (x, sums) => addNormals(weights, means, inverses, { x, sums }) }
}

function overCounts(process: Process, time: number, weight: number, { weights, means, deviations }: Normals): void {
  const { lambda, mean, deviation } = normalJumps(process.jumps)
  const expected = lambda * time
  for (let n = 0, chance = Math.exp(-expected); n <= expected || chance * weight > NEGLIGIBLE; n++) {
    if (chance * weight > NEGLIGIBLE) {
      weights.push(weight * chance)
      means.push(process.drift * time + n * mean)
      deviations.push(Math.sqrt(process.sigma ** 2 * time + n * deviation ** 2))
    }
    chance *= expected / (n + 1)
  }
}

function normalJumps(jumps: Jumps): Pick<Extract<Jumps, { kind: 'normal' }>, 'lambda' | 'mean' | 'deviation'> {
  if (jumps.kind === 'none') return { lambda: 0, mean: 0, deviation: 0 }
  if (jumps.kind === 'normal') return jumps
  throw new Refusal('out-of-range', 'a mixture of normals has no exponential jumps')
}

function addNormals(
  weights: Float64Array,
  means: Float64Array,
  inverses: Float64Array,
  { x, sums }: { readonly x: number; readonly sums: Sums },
): void {
  let mass = 0
  let density = 0
  for (let i = 0; i < weights.length; i++) {
    const inverse = inverses[i] ?? 0
    const z = (x - (means[i] ?? 0)) * inverse
    const weight = weights[i] ?? 0
    if (z < -38) continue
    const hill = weight * Math.exp(-0.5 * z * z)
    const beyond = 0.5 * hill * fastErfcx(Math.abs(z) * Math.SQRT1_2)
    mass += z < 0 ? beyond : weight - beyond
    density += hill * inverse
  }
  sums[0] = (sums[0] ?? 0) + mass
  sums[1] = (sums[1] ?? 0) + density * INVERSE_ROOT_TWO_PI
}
