// Seeded chance: the same seed gives the same numbers on every machine.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Draws from one seed. */
export type Chance = {
  /** In (0, 1): never zero, so that its logarithm is finite. */
  readonly uniform: () => number
  readonly normal: () => number
  /** Mean one. */
  readonly exponential: () => number
  readonly poisson: (mean: number) => number
  readonly gamma: (shape: number) => number
}

/** A source of chance. */
export function chance(seed: number): Chance {
  const source = xoroshiro128plus(seed)
  const uniform = (): number => uniformFloat64(source) + 2 ** -54
  const normal = polar(uniform)
  const exponential = (): number => -Math.log(uniform())
  return {
    uniform,
    normal,
    exponential,
    poisson: (mean) => poisson(uniform, mean),
    gamma: (shape) => gamma({ uniform, normal }, shape),
  }
}

/** Marsaglia's polar method: two normals from one point in the disc, the second kept for later. */
function polar(uniform: () => number): () => number {
  let kept = 0
  let full = false
  return () => {
    if (full) {
      full = false
      return kept
    }
    let [x, y, square] = [0, 0, 0]
    do {
      x = 2 * uniform() - 1
      y = 2 * uniform() - 1
      square = x * x + y * y
    } while (square >= 1 || square === 0)
    const scale = Math.sqrt((-2 * Math.log(square)) / square)
    kept = y * scale
    full = true
    return x * scale
  }
}

/** By inversion; a large mean is a sum of smaller ones. */
function poisson(uniform: () => number, mean: number): number {
  if (mean > 30) return poisson(uniform, mean / 2) + poisson(uniform, mean / 2)
  const drawn = uniform()
  let count = 0
  let odds = Math.exp(-mean)
  for (let below = odds; drawn > below && count < 1000; below += odds) odds *= mean / ++count
  return count
}

/** Marsaglia and Tsang (2000). */
function gamma({ uniform, normal }: Pick<Chance, 'uniform' | 'normal'>, shape: number): number {
  if (shape < 1) return gamma({ uniform, normal }, shape + 1) * uniform() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = normal()
    const v = (1 + c * z) ** 3
    if (v > 0 && Math.log(uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v
  }
}
