// What is believed of a route's latency before anything settled on it. Seconds of modelled time.
import type { Latency } from '../risk/latency.ts'
import { Refusal, within } from '../risk/refusal.ts'

/** Published or configured: quartiles of the time from paying to being paid, and when the protocol gives up. */
export type LatencyPrior = {
  readonly q1: number
  readonly median: number
  readonly q3: number
  /** No body lasts longer. */
  readonly timeout: number
  readonly stuckOdds: number
  readonly stuckMedian: number
  readonly stuckSpread: number
}

/** Beta(1, 199): one settlement in two hundred hangs, for two hours more or less, until it is measured. */
export const STUCK_PRIOR = { stuckOdds: 0.005, stuckMedian: 7200, stuckSpread: 0.7 } as const

/** The interquartile range of a standard normal. */
const QUARTILES = 1.3489795003921634

/** A prior from quartiles. Those of whole seconds on fast routes may coincide: a spread of 5 % is the least believed. */
export function latencyPrior(q1: number, middle: number, q3: number, more: Partial<LatencyPrior> = {}): LatencyPrior {
  const median = within('median', middle, { above: 0 })
  if (!(q1 <= median && median <= q3))
    throw new Refusal('out-of-range', `quartiles out of order: ${q1} ${median} ${q3}`)
  return { q1: within('q1', q1, { above: 0 }), median, q3, timeout: 12 * median + 7200, ...STUCK_PRIOR, ...more }
}

/** A prior from a lognormal body. */
export const lognormalPrior = (median: number, spread: number, more: Partial<LatencyPrior> = {}): LatencyPrior =>
  latencyPrior(median * Math.exp((-spread * QUARTILES) / 2), median, median * Math.exp((spread * QUARTILES) / 2), more)

/** The lognormal with these quartiles. */
export const priorBody = ({ q1, median, q3 }: LatencyPrior): Extract<Latency, { type: 'lognormal' }> => ({
  type: 'lognormal',
  median,
  s: Math.max(0.05, Math.log(q3 / q1) / QUARTILES),
})

/** From here on a settlement counts as stuck rather than slow. */
export const stuckBeyond = ({ median, q3 }: LatencyPrior): number => Math.max(1200, 5 * median, 3 * q3)
