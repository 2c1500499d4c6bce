// Sums of n double exponential jumps as mixtures of gammas on either side (Kou 2002, proposition B.1), laid over Poisson
// counts: the chance that k or more phases stand on a side.
import type { Jumps } from './model.ts'
import { at } from './special.ts'

type Exponential = Extract<Jumps, { kind: 'exponential' }>

/** Most jumps counted in closed form. */
export const ORDERS = 24

/** `rising[n][k]` is the chance that n jumps sum to a gamma of shape k upwards, `falling` downwards. */
export type Phases = { readonly rising: readonly Float64Array[]; readonly falling: readonly Float64Array[] }

/** The mixture weights for one to ORDERS jumps. */
export function phasesOf(jumps: Exponential): Phases {
  const share = jumps.up / (jumps.up + jumps.down)
  const rows = Array.from({ length: ORDERS + 1 }, (_, n) => n)
  return {
    rising: rows.map((n) => phases(n, jumps.p, share)),
    falling: rows.map((n) => phases(n, 1 - jumps.p, 1 - share)),
  }
}

/** Chances of k phases on one side out of n jumps; `odds` of a jump to that side, `share` of its rate. */
function phases(n: number, odds: number, share: number): Float64Array {
  const row = new Float64Array(n + 1)
  for (let k = 1; k < n; k++) {
    let sum = 0
    for (let i = k; i < n; i++) {
      const ways = binomial(n - k - 1, i - k) * binomial(n, i)
      sum += ways * share ** (i - k) * (1 - share) ** (n - i) * odds ** i * (1 - odds) ** (n - i)
    }
    row[k] = sum
  }
  if (n > 0) row[n] = odds ** n
  return row
}

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
    if (n > expected && chance * weight < 1e-18) break
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
