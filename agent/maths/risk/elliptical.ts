// Linear positions under a normal or a Student with one dispersion matrix: the closed form that scenarios must meet.
import { cholesky } from './correlation.ts'
import { within } from './refusal.ts'
import { normalQuantile, normalTailMean, studentQuantile, studentTailMean } from './special.ts'

/** Weights, scales per position, correlations, and degrees of freedom (null for a normal). */
export type Elliptical = {
  readonly weights: readonly number[]
  readonly scale: readonly number[]
  readonly corr: readonly (readonly number[])[]
  readonly nu: number | null
}

/** Scale of the sum, VaR, ES and what each position adds to ES. */
export type EllipticalRisk = {
  readonly scale_total: number
  readonly VaR: number
  readonly ES: number
  readonly euler_ES: readonly number[]
}

/** Risk of the sum at a level. */
export function ellipticalRisk({ weights, scale, corr, nu }: Elliptical, alpha: number): EllipticalRisk {
  cholesky(corr, weights.length)
  const exposed = weights.map(
    (weight, i) => within('weight', weight) * within('scale', scale[i] ?? Number.NaN, { least: 0 }),
  )
  const pulled = exposed.map((one, i) => exposed.reduce((sum, other, j) => sum + other * (corr[i]?.[j] ?? 0), 0) * one)
  const variance = pulled.reduce((sum, one) => sum + one, 0)
  const total = Math.sqrt(within('variance of the sum', variance, { above: 0 }))
  const unit = unitRisk(nu, alpha)
  const ES = total * unit.ES
  return { scale_total: total, VaR: total * unit.VaR, ES, euler_ES: pulled.map((one) => (ES * one) / variance) }
}

/** VaR and ES of one standard normal or Student. */
export function unitRisk(nu: number | null, alpha: number): { readonly VaR: number; readonly ES: number } {
  const tail = 1 - within('alpha', alpha, { above: 0, below: 1 })
  if (nu === null) return { VaR: -normalQuantile(tail), ES: normalTailMean(tail) }
  within('nu', nu, { above: 1 })
  return { VaR: -studentQuantile(tail, nu), ES: studentTailMean(tail, nu) }
}
