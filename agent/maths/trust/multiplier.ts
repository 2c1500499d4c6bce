// How much wider tails are quoted because earlier quotes were exceeded too often: a multiplier on their distance from the
// mean, driven by the traffic light, from one to three. It never goes below one by itself: that takes a person.
import type { GapRecord, MarketState } from '../../domain/gap-record.ts'
import { type Alarm, afterHour, noAlarm } from './alarm.ts'
import { binomialSurvival } from './coverage.ts'
import { hourOf, quotedHit } from './evidence.ts'
import { type Light, lightOf, worst } from './light.ts'

/** Event-hours of one state of the market and the hits in them, each hour with the weight of one; both fade. */
type Tally = { readonly hours: number; readonly hits: number }

/** What the multiplier rests on. Its size does not grow. */
export type Control = {
  /** Logarithm of the multiplier. */
  readonly log: number
  readonly tallies: Readonly<Record<MarketState, Tally>>
  readonly alarm: Alarm
  /** The event-hour that is still open: its records and hits by state. */
  readonly hour: number | undefined
  readonly open: Readonly<Record<MarketState, { readonly records: number; readonly hits: number }>>
}

const NONE = { records: 0, hits: 0 }
const EMPTY: Tally = { hours: 0, hits: 0 }

/** Nothing seen: tails as the model has them. */
export const freshControl: Control = {
  log: 0,
  tallies: { calm: EMPTY, triggered: EMPTY, cascade: EMPTY },
  alarm: noAlarm,
  hour: undefined,
  open: { calm: NONE, triggered: NONE, cascade: NONE },
}

/** The level whose hits drive the light. */
export const DRIVING_LEVEL = 0.99
const ODDS = 1 - DRIVING_LEVEL

/** Event-hours after which a tally counts half. */
const HALF_LIFE = 1000

/** How far an event-hour full of hits moves ln(multiplier) at each light; quiet hours bring it back by as much times 1 %. */
const STEPS: Readonly<Record<Light, number>> = { unjudged: 0, green: 0, yellow: 0.25, red: 1 }
const RETURN = 0.5

/** Bounds of the multiplier. */
const MOST = 3

/** The control after one more record. Records of an hour already closed count in the open one. */
export function follow(control: Control, record: GapRecord): Control {
  const at = hourOf(record)
  const current = control.hour !== undefined && at > control.hour ? closed(control) : control
  const { state } = record.forecast
  const { records, hits } = current.open[state]
  const hit = quotedHit(record, DRIVING_LEVEL)
  const open = { ...current.open, [state]: { records: records + 1, hits: hits + (hit ? 1 : 0) } }
  return { ...current, hour: Math.max(at, current.hour ?? at), open }
}

/** The multiplier that the closed event-hours ask for. */
export const multiplierOf = ({ log }: Control): number => Math.exp(log)

/** The light that drives it: the worst of the states, by the chance of as many hits or more. */
export const controlLight = ({ tallies }: Control): Light => worst(Object.values(tallies).map(lightOfTally))

/** Closes the open event-hour. */
export function closed(control: Control): Control {
  const states = Object.entries(control.open)
  const records = states.reduce((sum, [, one]) => sum + one.records, 0)
  if (records === 0) return control
  const hits = states.reduce((sum, [, one]) => sum + one.hits, 0)
  const { open } = control
  const tallies = {
    calm: after(control.tallies.calm, open.calm),
    triggered: after(control.tallies.triggered, open.triggered),
    cascade: after(control.tallies.cascade, open.cascade),
  }
  return {
    ...freshControl,
    tallies,
    alarm: afterHour(control.alarm, hits, records, ODDS),
    log: moved(control.log, hits / records, worst(Object.values(tallies).map(lightOfTally))),
  }
}

/** Robbins and Monro's step towards as many hits as promised; upwards only while the light says that there are too many. */
function moved(log: number, share: number, light: Light): number {
  const step = share > ODDS ? STEPS[light] : RETURN
  return Math.min(Math.log(MOST), Math.max(0, log + step * (share - ODDS)))
}

function after({ hours, hits }: Tally, open: { readonly records: number; readonly hits: number }): Tally {
  if (open.records === 0) return { hours, hits }
  const kept = 2 ** (-1 / HALF_LIFE)
  return { hours: hours * kept + 1, hits: hits * kept + open.hits / open.records }
}

function lightOfTally({ hours, hits }: Tally): Light {
  const n = Math.round(hours)
  if (n === 0) return 'unjudged'
  return lightOf(binomialSurvival(n, Math.round(hits), ODDS), hours * ODDS)
}
