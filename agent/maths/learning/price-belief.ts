// What is believed of a price now: a model a quote can be made with, or a reason why there is none.
import type { MarketState } from '../../domain/gap-record.ts'
import { atomsOf, compressed, type Latency } from '../risk/latency.ts'
import type { Gap } from '../risk/law.ts'
import type { PriceModel } from '../risk/model.ts'
import type { Rule } from '../risk/quadrature.ts'
import { posterior } from './jump-learning.ts'
import type { PriceLearning, Series } from './price-learning.ts'
import { BAR_MILLIS, type PriceTerms, type Shape, YEAR_MILLIS } from './price-terms.ts'
import { shapeAt, stateOf, triggerScore } from './trigger.ts'
import { effectiveReturns, forecast } from './variance.ts'

/** Activity of the business clock over gaps of about so many seconds: lognormal with this mean and spread. */
export type ClockPoint = { readonly seconds: number; readonly mean: number; readonly spread: number }

/** Plain data; `age` is milliseconds since the last news, `effectiveSample` the returns that the volatility rests on. */
export type PriceBelief = {
  readonly type: 'belief'
  readonly state: MarketState
  readonly score: number
  /** Annual, of all moves over a quarter of an hour, before age widens it. */
  readonly volatility: number
  readonly model: Extract<PriceModel, { type: 'kou' }>
  readonly clock: readonly [ClockPoint, ...ClockPoint[]]
  readonly version: number
  readonly effectiveSample: number
  readonly age: number
  /** Whether age has widened the parameters. */
  readonly stale: boolean
}

/** No quote can be made, and why. */
export type Untrusted = {
  readonly type: 'untrusted'
  readonly reason: 'price-unseen' | 'price-stale' | 'price-frozen' | 'price-refused' | 'clock-backwards'
}

/** What age does: the factor on volatility and on the intensity of jumps. */
const WIDER = { sigma: 1.5, jumps: 3 } as const

/** How far before the last price a question may lie: clocks of one machine differ by less. */
const SLACK = 1000

/** What is believed at a modelled time in milliseconds. */
export function priceBelief(state: PriceLearning | undefined, at: number, terms: PriceTerms): PriceBelief | Untrusted {
  if (state === undefined || state.version === 0) return { type: 'untrusted', reason: 'price-unseen' }
  if (!(at >= state.heardAt - SLACK)) return { type: 'untrusted', reason: 'clock-backwards' }
  const age = Math.max(0, at - state.merged.at)
  if (age > terms.deadAfter) return { type: 'untrusted', reason: whyDead(state, at, terms) }
  return believed(state, age, age > Math.max(terms.staleAfter, 2.5 * terms.spacing), terms)
}

function whyDead({ heardAt, refused }: PriceLearning, at: number, terms: PriceTerms): Untrusted['reason'] {
  if (refused !== undefined) return 'price-refused'
  return at - heardAt > terms.deadAfter ? 'price-stale' : 'price-frozen'
}

/** The largest annual volatility that is believed: a third of the price in a quarter of an hour. */
const WILDEST = 60

function believed(state: PriceLearning, age: number, stale: boolean, terms: PriceTerms): PriceBelief {
  const { merged, own } = state
  const variances = terms.shapes.horizons.map(({ weights }) =>
    Math.min(
      WILDEST ** 2,
      Math.max(forecast(merged.variances, weights, terms), own ? forecast(own.variances, weights, terms) : 0),
    ),
  )
  const annual = variances[barHorizon(terms)] ?? 0
  const score = scoreOf(merged, terms)
  const { states, flags } = terms.shapes
  const shape = posterior(shapeAt(score, states), flags, merged.jumps)
  const clock = terms.shapes.horizons.map(({ seconds, spread }, i) => ({
    seconds,
    mean: (variances[i] ?? annual) / annual,
    spread,
  }))
  const [first = { seconds: 60, mean: 1, spread: 0.2 }, ...rest] = clock
  return {
    type: 'belief',
    state: stateOf(score),
    score,
    volatility: Math.sqrt(annual),
    model: modelOf(shape, annual, stale),
    clock: [first, ...rest],
    version: state.version,
    effectiveSample: effectiveReturns(merged.variances, terms.spacing),
    age,
    stale,
  }
}

/** The hours before the fall, which it has hardly raised yet: weights of two hours, half a day and four days. */
const SLOW: readonly number[] = [0, 0, 0.2, 0.6, 0.2]

/** How far the price has fallen, against what the hours before let expect. */
export const scoreOf = ({ recent, variances }: Series, terms: PriceTerms): number =>
  triggerScore(recent, forecast(variances, SLOW, terms) / YEAR_MILLIS)

const barHorizon = ({ shapes }: PriceTerms): number =>
  Math.max(
    0,
    shapes.horizons.findIndex(({ seconds }) => seconds * 1000 >= BAR_MILLIS),
  )

/** Largest mean size of a jump upwards: an expectation of the price must exist. */
const LARGEST_UP = 0.5

/** A shape in sigmas of a bar as parameters per year. */
function modelOf(shape: Shape, annual: number, stale: boolean): PriceBelief['model'] {
  const sigma = Math.sqrt(annual) * (stale ? WIDER.sigma : 1)
  const bar = sigma * Math.sqrt(BAR_MILLIS / YEAR_MILLIS)
  return {
    type: 'kou',
    sigma: shape.diffusion * sigma,
    lambda: (shape.jumps * (stale ? WIDER.jumps : 1) * YEAR_MILLIS) / BAR_MILLIS,
    p: shape.up,
    eta1: Math.max(1 / LARGEST_UP, shape.eta1 / bar),
    eta2: shape.eta2 / bar,
  }
}

/** The activity over a gap of so many seconds, between the points of the clock in ln(time). */
export function activityOf({ clock }: PriceBelief, seconds: number): Extract<Latency, { type: 'lognormal' }> {
  const above = clock.findIndex((point) => point.seconds >= seconds)
  const high = clock[above < 0 ? clock.length - 1 : above] ?? clock[0]
  const low = clock[above < 0 ? clock.length - 1 : Math.max(0, above - 1)] ?? clock[0]
  const share = high === low ? 0 : Math.log(seconds / low.seconds) / Math.log(high.seconds / low.seconds)
  const mean = low.mean + share * (high.mean - low.mean)
  const s = Math.max(0.01, low.spread + share * (high.spread - low.spread))
  return { type: 'lognormal', median: mean * Math.exp(-0.5 * s * s), s }
}

/** Nodes in time, and of the activity at each of them. */
const NODES = { time: 16, activity: 8 } as const

/** The Gauss rule of a standard normal. */
const NORMAL = standardNormal(NODES.activity)

/**
 * What the law of a return over a latency is made of. Every time of the latency is read on the business clock as it runs
 * over that time, so that a stuck hour is not taken for sixty busy minutes: the gap's latency is business time.
 */
export function gapOf(belief: PriceBelief, latency: Latency): Gap {
  const { points, weights } = atomsOf(condensed(latency))
  const times: number[] = []
  const odds: number[] = []
  points.forEach((seconds, i) => {
    const { median, s } = activityOf(belief, seconds)
    NORMAL.points.forEach((z, k) => {
      times.push(seconds * median * Math.exp(s * z))
      odds.push((weights[i] ?? 0) * (NORMAL.weights[k] ?? 0))
    })
  })
  return { model: belief.model, latency: { type: 'empirical', times, weights: odds } }
}

/**
 * A latency law as few times that stand for it. It depends on no price: whoever quotes a route again and again condenses
 * its law once and hands `gapOf` the result.
 */
export function condensed(latency: Latency): Latency {
  if (latency.type === 'empirical' && latency.times.length <= NODES.time) return latency
  const { points, weights } = compressed(atomsOf(latency), NODES.time)
  return { type: 'empirical', times: [...points], weights: [...weights] }
}

function standardNormal(nodes: number): Rule {
  const { points, weights } = compressed(atomsOf({ type: 'lognormal', median: 1, s: 1 }), nodes)
  return { points: points.map(Math.log), weights }
}

/** Whether a law built for one belief may serve another: all that a quote rests on within a share of each other. */
export function sameBelief(a: PriceBelief, b: PriceBelief, tolerance = 0.02): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y))
  return (
    a.state === b.state &&
    near(a.model.sigma, b.model.sigma) &&
    near(a.model.lambda, b.model.lambda) &&
    near(a.model.eta1, b.model.eta1) &&
    near(a.model.eta2, b.model.eta2) &&
    Math.abs(a.model.p - b.model.p) <= tolerance &&
    a.clock.every((point, i) => near(point.mean, b.clock[i]?.mean ?? 0))
  )
}
