// How long settlements of one route take: what was published before, what arrived since. Seconds of modelled time.
import { FORGOTTEN, faded, type Histogram, mass, withTime } from './histogram.ts'
import { MEMORY } from './jump-learning.ts'
import { type LatencyPrior, stuckBeyond } from './latency-prior.ts'

/**
 * A settlement that arrived, or one that is still on its way at an age at which it counts as stuck. The second is told
 * once per settlement; when it arrives at last, `told` says that its being stuck was counted already.
 */
export type Arrival =
  | { readonly type: 'arrived'; readonly at: number; readonly seconds: number; readonly told?: boolean | undefined }
  | { readonly type: 'late'; readonly at: number }

/** What a route has taught, as of `at` (milliseconds); counts fade. */
export type LatencyLearning = {
  readonly version: number
  readonly at: number
  readonly prior: LatencyPrior
  readonly body: Histogram
  /** Settlements that got stuck and that did not. */
  readonly stuck: number
  readonly smooth: number
  /** Of the stuck that arrived: how many, sum of ln(seconds) and of its square. */
  readonly freed: number
  readonly logs: number
  readonly squares: number
  readonly refused: number
}

/** Nothing settled yet. */
export const latencyUnseen = (prior: LatencyPrior): LatencyLearning => ({
  version: 0,
  at: Number.NEGATIVE_INFINITY,
  prior,
  body: [],
  stuck: 0,
  smooth: 0,
  freed: 0,
  logs: 0,
  squares: 0,
  refused: 0,
})

/** The state after one settlement. A time that is none, under a millisecond or over a quarter of a year is refused. */
export function learnLatency(state: LatencyLearning, arrival: Arrival): LatencyLearning {
  const refused = { ...state, refused: state.refused + 1 }
  if (!Number.isFinite(arrival.at)) return refused
  if (arrival.type === 'arrived' && !(arrival.seconds >= SHORTEST && arrival.seconds < LONGEST)) return refused
  const kept = 2 ** (-Math.max(0, arrival.at - state.at) / MEMORY)
  const past = fadedBy(state, state.version === 0 ? 1 : kept, Math.max(state.at, arrival.at))
  if (arrival.type === 'late') return { ...past, stuck: past.stuck + 1 }
  if (arrival.seconds > stuckBeyond(state.prior)) return freed(past, arrival.seconds, arrival.told === true ? 0 : 1)
  return { ...past, smooth: past.smooth + 1, body: withTime(past.body, arrival.seconds) }
}

const SHORTEST = 0.001
const LONGEST = 90 * 86_400

function freed(state: LatencyLearning, seconds: number, counted: number): LatencyLearning {
  const log = Math.log(seconds)
  return {
    ...state,
    stuck: state.stuck + counted,
    freed: state.freed + 1,
    logs: state.logs + log,
    squares: state.squares + log * log,
  }
}

function fadedBy(state: LatencyLearning, kept: number, at: number): LatencyLearning {
  const keptFreed = state.freed * kept < FORGOTTEN ? 0 : kept
  return {
    ...state,
    version: state.version + 1,
    at,
    body: faded(state.body, kept),
    stuck: state.stuck * kept,
    smooth: state.smooth * kept,
    freed: state.freed * keptFreed,
    logs: state.logs * keptFreed,
    squares: state.squares * keptFreed,
  }
}

/** Settlements that the body rests on, faded to a later time. */
export const bodySample = ({ body, at }: LatencyLearning, now: number): number =>
  mass(body) * 2 ** (-Math.max(0, now - at) / MEMORY)
