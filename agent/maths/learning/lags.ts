// What happens before and after a payment, per route: how long each step takes, and how old the collateral's value was.
import { quantileOf, ruleOf } from './histogram.ts'
import { bodySample, type LatencyLearning, latencyUnseen, learnLatency } from './latency-learning.ts'
import { lognormalPrior } from './latency-prior.ts'

/** Steps of a liquidation, and the age of the credited value when it was triggered. */
export type Lag =
  | 'underwater to trigger'
  | 'trigger to bid'
  | 'bid to claim final'
  | 'claim final to sold'
  | 'age of collateral value'

/** When each step of one liquidation happened, in modelled milliseconds; undefined what did not happen or is not known. */
export type Steps = {
  readonly underwater?: number | undefined
  readonly trigger?: number | undefined
  readonly bid?: number | undefined
  readonly final?: number | undefined
  readonly sold?: number | undefined
  /** As of when the value of the collateral was known that the trigger went by. */
  readonly valueAsOf?: number | undefined
}

/** What the steps of a route have taught. */
export type LagLearning = Readonly<Partial<Record<Lag, LatencyLearning>>>

/** A lag in words: how many were seen, quartiles and the 95 % quantile in seconds. */
export type LagSummary = {
  readonly lag: Lag
  readonly sample: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly q95: number
}

const ENDS: readonly (readonly [Lag, keyof Steps, keyof Steps])[] = [
  ['underwater to trigger', 'underwater', 'trigger'],
  ['trigger to bid', 'trigger', 'bid'],
  ['bid to claim final', 'bid', 'final'],
  ['claim final to sold', 'final', 'sold'],
  ['age of collateral value', 'valueAsOf', 'trigger'],
]

/** Steps within one instant take a millisecond: a histogram in ln(time) has no zero. */
const LEAST = 0.001

/** No prior is believed of a lag: this one is never looked at, only where stuck begins matters (a week). */
const NO_PRIOR = lognormalPrior(120_960, 1)

/** The state after one liquidation. Steps that are missing or out of order teach nothing. */
export function learnLags(state: LagLearning, steps: Steps): LagLearning {
  const learned = ENDS.flatMap(([lag, from, to]) => {
    const [start, end] = [steps[from], steps[to]]
    if (start === undefined || end === undefined || !(end >= start)) return []
    const seconds = Math.max(LEAST, (end - start) / 1000)
    return [[lag, learnLatency(state[lag] ?? latencyUnseen(NO_PRIOR), { type: 'arrived', at: end, seconds })] as const]
  })
  return { ...state, ...Object.fromEntries(learned) }
}

/** Every lag that was seen, in the order in which they happen. */
export function lagSummaries(state: LagLearning): readonly LagSummary[] {
  return ENDS.flatMap(([lag]) => {
    const learning = state[lag]
    if (learning === undefined || learning.body.length === 0) return []
    const rule = ruleOf(learning.body)
    const [q1, median, q3, q95] = [0.25, 0.5, 0.75, 0.95].map((share) => quantileOf(rule, share))
    if (q1 === undefined || median === undefined || q3 === undefined || q95 === undefined) return []
    return [{ lag, sample: bodySample(learning, learning.at), q1, median, q3, q95 }]
  })
}
