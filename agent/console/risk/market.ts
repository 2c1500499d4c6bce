// A market by its state and volatility: the pooled shape of jumps, in the units of a year.
import type { MarketState } from '../../domain/gap-record.ts'
import { POOLED } from '../../maths/learning/price-terms.ts'
import { YEAR_SECONDS } from '../../maths/risk/law.ts'
import type { PriceModel } from '../../maths/risk/model.ts'

/** The bar that shapes are stated in, in seconds. */
const BAR = 900

/** A state's pooled shape at an annual volatility. */
export function marketOf(state: MarketState, volatility: number): Extract<PriceModel, { type: 'kou' }> {
  const { diffusion, jumps, up, eta1, eta2 } = POOLED.states[state]
  const bar = volatility * Math.sqrt(BAR / YEAR_SECONDS)
  return {
    type: 'kou',
    sigma: diffusion * volatility,
    lambda: (jumps * YEAR_SECONDS) / BAR,
    p: up,
    eta1: Math.max(2, eta1 / bar),
    eta2: eta2 / bar,
  }
}
