// Some positions under a one-factor copula, without simulation, by whichever method is exact for their number. Grids
// are refined until two of them agree; if they never do, there is no answer.
import { type FactorRisk, factorRisk, type Position } from './copula-factor.ts'
import { pairRisk } from './copula-pair.ts'
import { tailOf, varEs } from './loss.ts'
import { Refusal } from './refusal.ts'

/** Difference between two grids, per unit of debt, below which the finer one is believed. */
const AGREED = 5e-7

/** Grids, coarse to fine: the coarse do for many positions, few need the fine. */
const GRIDS = [{ fineness: 1 }, { fineness: 1.5 }, { fineness: 2.2 }, { fineness: 3.3, terms: 2048 }] as const

/** VaR, ES and Euler's shares of the sum of losses; `nu` is null for a normal copula. */
export function copulaRisk(positions: readonly Position[], nu: number | null, alphas: readonly number[]): FactorRisk[] {
  const [first, second] = positions
  if (first !== undefined && positions.length === 1) return alphas.map((alpha) => aloneRisk(first, alpha))
  if (first !== undefined && second !== undefined && positions.length === 2) return twoRisk(first, second, nu, alphas)
  return refinedRisk(positions, nu, alphas)
}

function aloneRisk({ law, D, K, h }: Position, alpha: number): FactorRisk {
  const { VaR, ES } = varEs(tailOf(law, 1 - alpha), { K, h })
  return { alpha, VaR: D * VaR, ES: D * ES, euler: [D * ES] }
}

/** ES is homogeneous in the debts: a share is debt times slope, the second what the first leaves. */
function twoRisk(first: Position, second: Position, nu: number | null, alphas: readonly number[]): FactorRisk[] {
  const copula = { rho: first.a * second.a, nu }
  const step = 1e-3
  const at = (factor: number) => pairRisk({ ...first, D: first.D * factor }, second, copula, alphas)
  const [more, less] = [at(1 + step), at(1 - step)]
  return at(1).map((risk, i) => {
    const share = ((more[i]?.ES ?? Number.NaN) - (less[i]?.ES ?? Number.NaN)) / (2 * step)
    return { ...risk, euler: [share, risk.ES - share] }
  })
}

function refinedRisk(positions: readonly Position[], nu: number | null, alphas: readonly number[]): FactorRisk[] {
  const allowed = AGREED * positions.reduce((sum, { D }) => sum + D, 0)
  let coarse: FactorRisk[] = []
  for (const grid of GRIDS) {
    const fine = factorRisk(positions, nu, alphas, grid)
    if (coarse.length > 0 && fine.every((risk, i) => apart(risk, coarse[i]) <= allowed)) return fine
    coarse = fine
  }
  throw new Refusal('unresolved', 'the grids of a one-factor copula do not agree')
}

const apart = (risk: FactorRisk, other: FactorRisk | undefined): number =>
  other === undefined ? Infinity : Math.max(Math.abs(risk.VaR - other.VaR), Math.abs(risk.ES - other.ES))
