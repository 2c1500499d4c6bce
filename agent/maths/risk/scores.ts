// Which of two forecasts of VaR and ES is better: the joint score, and whether the difference is more than chance.
import { Refusal, within } from './refusal.ts'

/** A forecast of the loss per unit at one level. */
export type Forecast = { readonly VaR: number; readonly ES: number }

/** Smallest ES that the score takes: it divides by it. */
const LEAST_ES = 1e-9

/**
 * Fissler and Ziegel's joint score (2016) of VaR and ES in its zero-homogeneous form (Patton, Ziegel and Chen 2019), for
 * losses: 1{l > VaR} (l - VaR) / (tail ES) + VaR / ES + ln ES - 1. Smaller is better; its mean is least at the truth.
 */
export function jointScore(loss: number, { VaR, ES }: Forecast, alpha: number): number {
  const tail = 1 - within('alpha', alpha, { above: 0, below: 1 })
  const es = Math.max(LEAST_ES, ES)
  const beyond = loss > VaR ? (loss - VaR) / (tail * es) : 0
  return beyond + VaR / es + Math.log(es) - 1
}

/** A mean, its standard error and their ratio. */
export type Clustered = { readonly mean: number; readonly error: number; readonly t: number; readonly clusters: number }

/**
 * The mean of values whose neighbours are not independent. Values of one cluster (an hour) are summed; clusters within
 * `lags` of each other may be correlated (Newey and West 1987 over Liang and Zeger 1986).
 */
export function clusteredMean(values: readonly number[], cluster: readonly number[], lags: number): Clustered {
  if (values.length === 0 || values.length !== cluster.length)
    throw new Refusal('no-mass', 'expected one cluster per value, and at least one')
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const sums = new Map<number, number>()
  values.forEach((x, i) => {
    const key = cluster[i] ?? 0
    sums.set(key, (sums.get(key) ?? 0) + x - mean)
  })
  let variance = 0
  for (const [key, sum] of sums) {
    variance += sum * sum
    for (let lag = 1; lag <= lags; lag++) variance += 2 * (1 - lag / (lags + 1)) * sum * (sums.get(key + lag) ?? 0)
  }
  const error = Math.sqrt(Math.max(0, variance)) / values.length
  return { mean, error, t: error > 0 ? mean / error : 0, clusters: sums.size }
}
