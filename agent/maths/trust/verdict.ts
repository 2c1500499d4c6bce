// The whole judgement over a set of records: what a risk person reads before signing. Numbers only; words are the reader's.
import type { MarketState } from '../../domain/gap-record.ts'
import { type Adequacy, adequacy } from './adequacy.ts'
import { capitalOf } from './alarm.ts'
import { type Comparison, comparisons, type Volatility, volatility } from './comparison.ts'
import { type Coverage, coverage } from './coverage.ts'
import { clusterOf, fallOf, hitOf, inOrder, levelOf, type Sessioned } from './evidence.ts'
import { type Light, lightOfCoverage, worst } from './light.ts'
import { type Control, closed, controlLight, follow, freshControl, multiplierOf } from './multiplier.ts'
import { type ShortfallVerdict, shortfallVerdict } from './shortfall.ts'
import { tailOnly, type Uniformity, uniformity } from './uniformity.ts'

/** Levels that coverage is judged at. */
export const LEVELS = [0.95, 0.975, 0.99, 0.999] as const

const STATES: readonly MarketState[] = ['calm', 'triggered', 'cascade']

/** Coverage of one state of the market at one level, with its light. */
export type StateCoverage = Coverage & {
  readonly state: MarketState | 'all'
  readonly light: Light
  readonly side: 'too many' | 'too few' | 'as expected'
}

/** Everything that the records show. Parts that they cannot show are absent. */
export type Verdict = {
  readonly records: number
  readonly taken: number
  readonly drawn: number
  /** Independent events: event-hours. */
  readonly events: number
  readonly light: Light
  readonly price: Uniformity
  readonly tail: Uniformity | undefined
  /** Latencies that were lived through; drawn ones are uniform by construction. */
  readonly latency: Uniformity | undefined
  readonly coverage: readonly StateCoverage[]
  readonly shortfall: readonly ShortfallVerdict[]
  readonly adequacy: Adequacy
  readonly comparisons: readonly Comparison[]
  readonly volatility: Volatility
  /** ln of the alarm's capital now and at its highest, and the multiplier that the records ask for. */
  readonly alarm: { readonly now: number; readonly highest: number }
  readonly multiplier: number
  readonly driving: Light
}

/** Share below which the tail of the transform is looked at by itself. */
const TAIL = 0.05

/** Judges records; undefined when there is none. */
export function verdict(unordered: readonly Sessioned[]): Verdict | undefined {
  if (unordered.length === 0) return undefined
  const records = inOrder(unordered)
  const transforms = records.map((one) => ({ cluster: clusterOf(one), u: one.realised.u }))
  const lived = records.filter(({ realised }) => !realised.drawn)
  const tail = tailOnly(transforms, TAIL)
  const covered = [...STATES, 'all' as const].flatMap((state) => coverageOf(records, state))
  const control = controlOver(records)
  return {
    records: records.length,
    taken: records.filter(({ realised }) => realised.taken).length,
    drawn: records.length - lived.length,
    events: new Set(transforms.map(({ cluster }) => cluster)).size,
    light: worst(covered.filter(({ state }) => state !== 'all').map(({ light }) => light)),
    price: uniformity(transforms),
    tail: tail.length === 0 ? undefined : uniformity(tail),
    latency:
      lived.length === 0
        ? undefined
        : uniformity(lived.map((one) => ({ cluster: clusterOf(one), u: one.realised.uLatency }))),
    coverage: covered,
    shortfall: LEVELS.flatMap((alpha) => shortfallAt(records, alpha, covered) ?? []),
    adequacy: adequacy(records.map(pricedOf)),
    comparisons: comparisons(records),
    volatility: volatility(records),
    alarm: { now: capitalOf(control.alarm), highest: control.alarm.highest },
    multiplier: multiplierOf(control),
    driving: controlLight(control),
  }
}

function coverageOf(records: readonly Sessioned[], state: MarketState | 'all'): readonly StateCoverage[] {
  const own = state === 'all' ? records : records.filter(({ forecast }) => forecast.state === state)
  if (own.length === 0) return []
  return LEVELS.map((alpha) => {
    const found = coverage(
      own.map((one) => hitOf(one, alpha)),
      alpha,
    )
    return { state, ...found, ...lightOfCoverage(found) }
  })
}

function shortfallAt(
  records: readonly Sessioned[],
  alpha: number,
  covered: readonly StateCoverage[],
): ShortfallVerdict | undefined {
  const size = covered.find((one) => one.state === 'all' && one.alpha === alpha)?.size ?? 0
  const judged = records.flatMap((one) => {
    const level = levelOf(one, alpha)
    return level === undefined ? [] : [fallOf(one, level)]
  })
  return shortfallVerdict(judged, alpha, size)
}

const pricedOf = (record: Sessioned) => ({
  premium: record.forecast.premium,
  debt: record.forecast.debt,
  loss: record.realised.loss,
  expectedLoss: record.forecast.expectedLoss,
  tail: (levelOf(record, 0.975)?.ES ?? 0) - record.forecast.K + record.forecast.h,
})

function controlOver(records: readonly Sessioned[]): Control {
  const sessions = Map.groupBy(records, ({ session }) => session)
  let control = freshControl
  for (const session of sessions.values()) control = closed(session.reduce(follow, control))
  return control
}
