// The gap against latency: how much of the tail is diffusion (with the root of time), jumps (with time) and stuck routes.
import type { MarketState } from '../../domain/gap-record.ts'
import type { Latency } from '../../maths/risk/latency.ts'
import { type ReturnLaw, returnLaw } from '../../maths/risk/law.ts'
import { tailOf } from '../../maths/risk/loss.ts'
import { leastBonus } from '../../maths/risk/premium.ts'
import { marketOf } from './market.ts'

/** Mean fall of the price in the worst 1 - alpha, and its parts: what switching each on adds. They sum to the whole. */
export type CurvePoint = {
  readonly median: number
  readonly diffusion: number
  readonly jumps: number
  readonly stuck: number
  readonly fall: number
  /** The least bonus that pays for it, at 30 bps of slippage, 5 of cost and a tenth per unit of tail capital. */
  readonly leastBonus: number
}

/** What a curve is drawn for. */
export type CurveTerms = {
  readonly state: MarketState
  readonly volatility: number
  readonly stuckOdds: number
  readonly alpha: number
}

/** How much wilder a state is than the year as a whole. */
export const WILDER: Readonly<Record<MarketState, number>> = { calm: 1, triggered: 2, cascade: 5 }

/** Medians in seconds: from an intent fill to six hours, evenly in ln(time). */
export const MEDIANS: readonly number[] = Array.from({ length: 34 }, (_, i) => 2 * (21_600 / 2) ** (i / 33))

/** Points at some medians. The body is lognormal with spread 0.35; the stuck mode has a median of two hours. */
export function curve({ state, volatility, stuckOdds, alpha }: CurveTerms, medians = MEDIANS): readonly CurvePoint[] {
  const model = marketOf(state, volatility * WILDER[state])
  const fall = (law: ReturnLaw): number => 1 - tailOf(law, 1 - alpha).g
  return medians.map((median) => {
    const body: Latency = { type: 'lognormal', median, s: 0.35 }
    const stuckMode: Latency = { type: 'lognormal', median: Math.max(7200, median), s: 0.7 }
    const whole = returnLaw(
      {
        model,
        latency: {
          type: 'mixture',
          parts: [
            [1 - stuckOdds, body],
            [stuckOdds, stuckMode],
          ],
        },
      },
      64,
    )
    const diffusion = fall(returnLaw({ model: { type: 'lognormal', sigma: model.sigma }, latency: body }, 32))
    const jumping = fall(returnLaw({ model, latency: body }, 32))
    const total = fall(whole)
    const terms = { rho: 0.1, slippage: 0.003, cost_frac: 0.0005, lost_race_cost_frac: 0, pWin: 1, m1: whole.mean }
    const { beta_min } = leastBonus(1 - total, terms)
    return { median, diffusion, jumps: jumping - diffusion, stuck: total - jumping, fall: total, leastBonus: beta_min }
  })
}
