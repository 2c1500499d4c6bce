// Records as tests need them: in order of time, clustered by the event-hour in which the gap ended, falls in price instead
// of losses per unit of debt (a loss that is still a profit has no logarithm).
import type { ForecastLevel, GapRecord } from '../../domain/gap-record.ts'
import { normalQuantile } from '../risk/special.ts'
import type { Hit } from './coverage.ts'
import type { TailForecast } from './scores.ts'

/** A record and the session it is from: the same hour of two sessions is two events. */
export type Sessioned = GapRecord & { readonly session: string }

const HOUR = 3_600_000

/** Modelled time at which the gap ended. */
export const endOf = ({ forecast, realised }: GapRecord): number => forecast.modelledAt + 1_000 * realised.seconds

/** The hour of modelled time in which it ended. */
export const hourOf = (record: GapRecord): number => Math.floor(endOf(record) / HOUR)

/** Session and event-hour. */
export const clusterOf = (record: Sessioned): string => `${record.session} ${hourOf(record)}`

/** Records in the order in which their gaps ended, session after session. */
export const inOrder = (records: readonly Sessioned[]): readonly Sessioned[] =>
  [...records].sort((a, b) => a.session.localeCompare(b.session) || endOf(a) - endOf(b))

/** What the quote said at a level; undefined when it said nothing there. */
export const levelOf = ({ forecast }: GapRecord, alpha: number): ForecastLevel | undefined =>
  forecast.levels.find((level) => Math.abs(level.alpha - alpha) < 1e-9)

/** Whether the loss went beyond the VaR that was quoted; by its transform where no VaR was quoted. */
export function quotedHit(record: GapRecord, alpha: number): boolean {
  const level = levelOf(record, alpha)
  return level === undefined ? record.realised.u < 1 - alpha : record.realised.loss > level.VaR
}

/** The hit at a level with its cluster. */
export const hitOf = (record: Sessioned, alpha: number): Hit => ({
  cluster: clusterOf(record),
  hit: quotedHit(record, alpha),
  score: normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, record.realised.u))),
})

/** VaR and ES of the fall in price, 1 - exp X, from those of the loss K - h exp X. */
export function fallOf({ forecast: { K, h }, realised: { x } }: GapRecord, level: ForecastLevel): TailForecast {
  const fall = (loss: number): number => (loss - K + h) / h
  return { fall: -Math.expm1(x), VaR: fall(level.VaR), ES: fall(level.ES) }
}
