// Loss by one jump that beats the buffer (Cont and Tankov 2009): closed through the moments of the latency.
// A lower bound of P(loss), and a check of the rest.
import { atomsOf, type Latency } from './latency.ts'
import { YEAR_SECONDS } from './law.ts'
import { type PriceModel, processOf } from './model.ts'
import { Refusal, within } from './refusal.ts'
import { at } from './special.ts'

/** Chance that one downward jump over the gap exceeds the log buffer: 1 - E[exp(-Lambda L)]. */
export function jumpGapOdds(model: PriceModel, latency: Latency, buffer: number): number {
  within('buffer', buffer, { least: 0 })
  return hitOdds(hazard(model, buffer) / YEAR_SECONDS, latency)
}

/** Jumps per year that are larger than the buffer. */
function hazard(model: PriceModel, buffer: number): number {
  const { jumps } = processOf(model)
  if (jumps.kind === 'none') return 0
  if (jumps.kind === 'exponential') return jumps.lambda * (1 - jumps.p) * Math.exp(-jumps.down * buffer)
  throw new Refusal('out-of-range', 'expected exponential jumps (kou) or none')
}

function hitOdds(rate: number, latency: Latency): number {
  if (latency.type === 'fixed') return -Math.expm1(-rate * within('l', latency.l, { above: 0 }))
  if (latency.type === 'gamma') {
    const shape = within('k', latency.k, { above: 0 })
    const scale = within('theta', latency.theta, { above: 0 })
    return -Math.expm1(-rate * (latency.shift ?? 0) - shape * Math.log1p(rate * scale))
  }
  const { points, weights } = atomsOf(latency)
  return points.reduce((sum, time, i) => sum - at(weights, i) * Math.expm1(-rate * time), 0)
}

/** Terms of a constant-proportion portfolio, held over T years. */
export type Cppi = {
  readonly multiplier: number
  readonly T: number
  readonly lambda_: number
  readonly p: number
  readonly eta2: number
}

/** Chance that such a portfolio breaks its floor: a jump larger than one over the multiplier. */
export function cppiLossOdds({ multiplier, T, lambda_, p, eta2 }: Cppi): number {
  within('multiplier', multiplier, { above: 1 })
  within('T', T, { least: 0 })
  within('lambda_', lambda_, { least: 0 })
  within('p', p, { least: 0, most: 1 })
  within('eta2', eta2, { above: 0 })
  return -Math.expm1(-T * lambda_ * (1 - p) * (1 - 1 / multiplier) ** eta2)
}
