// Against simpler models: which forecast of VaR and ES scores better, and whether that is more than chance.
import type { ForecastLevel } from '../../domain/gap-record.ts'
import { clusteredMean, jointScore } from '../risk/scores.ts'
import { studentCdf } from '../risk/special.ts'
import { fallOf, hourOf, levelOf, type Sessioned } from './evidence.ts'
import { qlike } from './scores.ts'

/** Mean difference of two scores, model less baseline: negative if the model is better (Diebold and Mariano 1995). */
export type Difference = {
  readonly mean: number
  readonly t: number
  readonly pValue: number
  readonly clusters: number
}

/** Mean joint scores of model and baseline at one level over the records where both spoke; lower is better. */
export type Comparison = {
  readonly baseline: string
  readonly alpha: number
  readonly records: number
  readonly model: number
  readonly other: number
  /** Undefined with fewer than ten event-hours: their spread would say nothing. */
  readonly difference: Difference | undefined
}

/** Every baseline at every level that the records hold. */
export function comparisons(records: readonly Sessioned[]): readonly Comparison[] {
  const names = new Set(records.flatMap(({ forecast }) => Object.keys(forecast.baselines)))
  const alphas = new Set(records.flatMap(({ forecast }) => forecast.levels.map(({ alpha }) => alpha)))
  return [...names].flatMap((baseline) =>
    [...alphas].sort().flatMap((alpha) => compared(records, baseline, alpha) ?? []),
  )
}

function compared(records: readonly Sessioned[], baseline: string, alpha: number): Comparison | undefined {
  const scored = records.flatMap((record) => {
    const own = levelOf(record, alpha)
    const other = record.forecast.baselines[baseline]?.find((one) => Math.abs(one.alpha - alpha) < 1e-9)
    return own === undefined || other === undefined
      ? []
      : [{ record, own: scoreOf(record, own), other: scoreOf(record, other) }]
  })
  if (scored.length === 0) return undefined
  const mean = (of: (one: (typeof scored)[number]) => number): number =>
    scored.reduce((sum, one) => sum + of(one), 0) / scored.length
  return {
    baseline,
    alpha,
    records: scored.length,
    model: mean(({ own }) => own),
    other: mean(({ other }) => other),
    difference: differenceOf(
      scored.map(({ own, other }) => own - other),
      scored.map(({ record }) => record),
    ),
  }
}

const scoreOf = (record: Sessioned, level: ForecastLevel): number => {
  const { fall, ...forecast } = fallOf(record, level)
  return jointScore(fall, forecast, level.alpha)
}

/** Event-hours whose scores may be correlated. */
const LAGS = 3

/** Fewer event-hours than this have no spread that a test could rest on. */
const LEAST_HOURS = 10

/** Hours of one session keep their distance; sessions stand far apart. */
function differenceOf(values: readonly number[], records: readonly Sessioned[]): Difference | undefined {
  const sessions = [...new Set(records.map(({ session }) => session))]
  const first = Math.min(...records.map(hourOf))
  const apart = Math.max(...records.map(hourOf)) - first + LAGS + 1
  const hours = records.map((one) => sessions.indexOf(one.session) * apart + hourOf(one) - first)
  const { mean, t, clusters } = clusteredMean(values, hours, LAGS)
  return clusters < LEAST_HOURS ? undefined : { mean, t, pValue: 2 * studentCdf(-Math.abs(t), clusters - 1), clusters }
}

/** Mean quasi-likelihood of the forecast deviation, and mean of (x / deviation)^2, which is one if it is right. */
export type Volatility = { readonly records: number; readonly qlike: number; readonly ratio: number }

/** How good the deviations were. */
export function volatility(records: readonly Sessioned[]): Volatility {
  const judged = records.filter(({ forecast }) => forecast.deviation > 0)
  const mean = (of: (record: Sessioned) => number): number =>
    judged.reduce((sum, one) => sum + of(one), 0) / Math.max(1, judged.length)
  return {
    records: judged.length,
    qlike: mean(({ forecast, realised }) => qlike(realised.x, forecast.deviation)),
    ratio: mean(({ forecast, realised }) => (realised.x / forecast.deviation) ** 2),
  }
}
