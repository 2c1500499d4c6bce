// Sums of n double exponential jumps as mixtures of gammas on either side (Kou 2002, proposition B.1), laid over Poisson
// counts: the chance that k or more phases stand on a side.
import type { Jumps } from './model.ts'
import { at } from './special.ts'

type Exponential = Extract<Jumps, { kind: 'exponential' }>

/** Most jumps counted in closed form. */
export const ORDERS = 24

/** `rising[n][k]` is the chance that n jumps sum to a gamma of shape k upwards, `falling` downwards. */
export type Phases = { readonly rising: readonly Float64Array[]; readonly falling: readonly Float64Array[] }

/** The mixture weights for one to `orders` jumps. */
export function phasesOf(jumps: Exponential, orders: number): Phases {
  const share = jumps.up / (jumps.up + jumps.down)
  const rows = Array.from({ length: orders + 1 }, (_, n) => n)
  const rising = phases(jumps.p, share, orders)
  const falling = phases(1 - jumps.p, 1 - share, orders)
  return { rising: rows.map(rising), falling: rows.map(falling) }
}

/** Chances of k phases on one side out of n jumps; `odds` of a jump to that side, `share` of its rate. */
function phases(odds: number, share: number, orders: number): (n: number) => Float64Array {
  const [taken, missed] = [powers(odds, orders), powers(1 - odds, orders)]
  const [own, other] = [powers(share, orders), powers(1 - share, orders)]
  return (n) => {
    const row = new Float64Array(n + 1)
    for (let k = 1; k < n; k++) {
      let sum = 0
      for (let i = k; i < n; i++) {
        const ways = at(WAYS[n - k - 1] ?? row, i - k) * at(WAYS[n] ?? row, i)
        sum += ways * at(own, i - k) * at(other, n - i) * at(taken, i) * at(missed, n - i)
      }
      row[k] = sum
    }
    if (n > 0) row[n] = at(taken, n)
    return row
  }
}

const powers = (base: number, most: number): Float64Array =>
  Float64Array.from({ length: most + 1 }, (_, i) => base ** i)

/** Pascal's triangle. */
const WAYS: readonly Float64Array[] = Array.from({ length: ORDERS + 1 }, (_, n) =>
  Float64Array.from({ length: n + 1 }, (_, k) => binomial(n, k)),
)

function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i
  return ways
}

/** Poisson chances of 0, 1, ... jumps, as many as weigh something next to `weight`. */
export function counts(expected: number, weight: number): Float64Array {
  const chances = [Math.exp(-expected)]
  for (let n = 1; n <= ORDERS; n++) {
    const chance = ((chances[n - 1] ?? 0) * expected) / n
    if (n > expected && chance * weight < 1e-17) break
    chances.push(chance)
  }
  return Float64Array.from(chances)
}

/** Entry k - 1 is the chance of k or more phases on one side, over Poisson chances of the number of jumps. */
export function atLeast(chances: Float64Array, side: readonly Float64Array[]): Float64Array {
  const tails = new Float64Array(Math.max(0, chances.length - 1))
  for (let n = 1; n < chances.length; n++) {
    const row = side[n] ?? new Float64Array()
    for (let k = 1; k <= n; k++) tails[k - 1] = at(tails, k - 1) + at(chances, n) * at(row, k)
  }
  for (let k = tails.length - 2; k >= 0; k--) tails[k] = at(tails, k) + at(tails, k + 1)
  return tails
}
