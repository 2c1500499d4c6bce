// Is ES as large as what lies beyond VaR? Acerbi and Szekely's second statistic, with critical values for as many
// independent observations as there are, under a Student whose ES stands to VaR as the forecasts' does.
import { acerbiSzekely } from '../risk/backtest.ts'
import { unitRisk } from '../risk/elliptical.ts'
import { criticalValues } from '../risk/shortfall-test.ts'
import type { TailForecast } from './scores.ts'

/** `z2` is zero in the mean if ES holds; far below zero, losses beyond VaR are too many or too large. */
export type ShortfallVerdict = {
  readonly alpha: number
  readonly observations: number
  readonly z2: number
  /** Degrees of freedom of the null; undefined for a normal. */
  readonly nu: number | undefined
  readonly critical5: number
  readonly critical1: number
  /** Mean loss beyond VaR, realised over forecast; undefined without one. */
  readonly severity: number | undefined
  /** Whether a loss beyond VaR was to be expected at all: else the critical values say nothing. */
  readonly judged: boolean
}

/** Judges forecasts at one level; undefined when none forecasts a fall (ES at or below zero). */
export function shortfallVerdict(
  all: readonly TailForecast[],
  alpha: number,
  size: number,
): ShortfallVerdict | undefined {
  const judged = all.filter(({ ES, VaR }) => ES > 0 && VaR > 0)
  if (judged.length === 0) return undefined
  const z2 = acerbiSzekely(
    judged.map(({ fall }) => fall),
    judged,
    alpha,
  )
  const nu = matching(judged.reduce((sum, { VaR, ES }) => sum + ES / VaR, 0) / judged.length, alpha)
  const N = Math.max(1, Math.round(size))
  const [critical5 = Number.NaN, critical1 = Number.NaN] = criticalValues({ nu: nu ?? null, alpha, N }, [0.05, 0.01])
  const beyond = judged.filter(({ fall, VaR }) => fall > VaR)
  const severity =
    beyond.length === 0 ? undefined : beyond.reduce((sum, { fall, ES }) => sum + fall / ES, 0) / beyond.length
  return { alpha, observations: judged.length, z2, nu, critical5, critical1, severity, judged: size * (1 - alpha) >= 1 }
}

/** Degrees of freedom with that ratio of ES to VaR; undefined when a normal's is as large. */
function matching(ratio: number, alpha: number): number | undefined {
  const ratioOf = (nu: number | null): number => {
    const { VaR, ES } = unitRisk(nu, alpha)
    return ES / VaR
  }
  if (ratio <= ratioOf(60)) return ratio <= ratioOf(null) ? undefined : 60
  let [low, high] = [2.1, 60]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (ratioOf(middle) > ratio) low = middle
    else high = middle
  }
  return (low + high) / 2
}
