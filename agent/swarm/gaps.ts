// The gap as it was priced and as it was: what every agent said of every leg, carried or not, against what came.
import type { ToldGap } from './voices.ts'

/** Gaps that ended before the run did. Longer ones are missing, so that this is a first look, not a verdict. */
export type GapSummary = {
  readonly ended: number
  readonly carried: number
  /** Mean gain per dollar of debt of what was carried, as expected and as it came. */
  readonly expected: number
  readonly realised: number
  readonly levels: readonly Exceedance[]
}

/** How often a loss passed its VaR, and how often it should have. */
export type Exceedance = {
  readonly alpha: number
  readonly observed: number
  readonly expected: number
  /** Share of the losses within VaR. */
  readonly coverage: number
}

/** Levels that few gaps can say something about. */
const JUDGED = [0.975, 0.99]

/** Sums up the gaps that ended. */
export function gapSummary(gaps: readonly ToldGap[]): GapSummary {
  const carried = gaps.filter(({ taken }) => taken)
  const debt = carried.reduce((sum, one) => sum + one.debt, 0)
  const mean = (of: (gap: ToldGap) => number): number =>
    debt === 0 ? 0 : carried.reduce((sum, one) => sum - one.debt * of(one), 0) / debt
  return {
    ended: gaps.length,
    carried: carried.length,
    expected: mean((one) => one.mean),
    realised: mean((one) => one.loss),
    levels: JUDGED.map((alpha) => exceedance(gaps, alpha)),
  }
}

function exceedance(gaps: readonly ToldGap[], alpha: number): Exceedance {
  const told = gaps.flatMap(({ loss, levels }) => {
    const level = levels.find((one) => Math.abs(one.alpha - alpha) < 1e-9)
    return level === undefined ? [] : [loss > level.VaR]
  })
  const observed = told.filter(Boolean).length
  const coverage = told.length === 0 ? 1 : 1 - observed / told.length
  return { alpha, observed, expected: (1 - alpha) * told.length, coverage }
}

/** Two lines of at most eighty columns. */
export function gapLines({ ended, carried, expected, realised, levels }: GapSummary): readonly string[] {
  if (ended === 0) return []
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
  const told = levels.map(
    (one) => `${(100 * one.alpha).toFixed(1)} %: ${one.observed} of ${one.expected.toFixed(1)} expected`,
  )
  return [
    `  gaps: ${ended} ended, ${carried} carried · gain per debt predicted ${percent(expected)}, realised ${percent(realised)}`,
    `  losses beyond VaR at ${told.join(' · ')}`,
  ]
}
