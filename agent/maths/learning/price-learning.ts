// What the prices of one feed teach. A state and a price go in, a state comes out; nothing is changed in place.
import { afterMove, type JumpEvidence, NO_JUMPS } from './jump-learning.ts'
import { type PriceTerms, YEAR_MILLIS } from './price-terms.ts'
import { type Point, recall } from './trigger.ts'
import { afterReturn, forecast, priorVariances, type Variances } from './variance.ts'

/** The merged price of a feed at a modelled time in milliseconds, and what our own source says of it at that time. */
export type PriceTick = { readonly at: number; readonly price: number; readonly own?: number | undefined }

/** Why a price was left out. */
export type TickRefusal = 'not-a-number' | 'out-of-range' | 'clock-backwards'

/** What one series of prices has taught. `at` and `price` are the last that was news. */
export type Series = {
  readonly at: number
  readonly price: number
  readonly variances: Variances
  readonly jumps: JumpEvidence
  readonly recent: readonly Point[]
}

/** What is known of a feed. `version` counts prices that were news; refusals count since the last of them. */
export type PriceLearning = {
  readonly version: number
  readonly heardAt: number
  readonly merged: Series
  readonly own: Series | undefined
  readonly refused: { readonly reason: TickRefusal; readonly count: number } | undefined
}

/** Largest ratio of neighbouring prices that is taken for a price. */
const ABSURD = 10

/** So many prices in a row from before the last one: it is our clock that was wrong, and learning starts from theirs. */
const REANCHOR = 10

/**
 * The state after a price. A price that is no number, is tenfold off the last, or is older than the last, is refused and
 * counted. One that repeats the last is no news: a frozen feed ages. After `deadAfter` without news, the next price is an
 * anchor and makes no return.
 */
export function learnPrice(state: PriceLearning | undefined, tick: PriceTick, terms: PriceTerms): PriceLearning {
  const reason = refusalOf(state, tick, terms)
  if (state === undefined || state.version === 0)
    return reason === undefined ? opened(tick, terms) : unopened(state, reason, terms)
  if (reason !== undefined) return refusing(state, tick, reason)
  const merged = afterPrice(state.merged, tick, terms)
  const own = ownAfter(state.own, tick, terms)
  const news = merged === state.merged ? 0 : 1
  return { version: state.version + news, heardAt: tick.at, merged, own, refused: undefined }
}

function refusalOf(state: PriceLearning | undefined, { at, price }: PriceTick, terms: PriceTerms) {
  if (!Number.isFinite(price) || !Number.isFinite(at)) return 'not-a-number'
  if (price <= 0) return 'out-of-range'
  if (state === undefined || state.version === 0) return undefined
  if (at < state.heardAt) return 'clock-backwards'
  const ratio = price / state.merged.price
  const fresh = at - state.merged.at <= terms.deadAfter
  return fresh && (ratio > ABSURD || ratio < 1 / ABSURD) ? 'out-of-range' : undefined
}

const opened = (tick: PriceTick, terms: PriceTerms): PriceLearning => ({
  version: 1,
  heardAt: tick.at,
  merged: anchored(tick.at, tick.price, terms),
  own: ownAfter(undefined, tick, terms),
  refused: undefined,
})

const unopened = (state: PriceLearning | undefined, reason: TickRefusal, terms: PriceTerms): PriceLearning => ({
  version: 0,
  heardAt: Number.NEGATIVE_INFINITY,
  merged: anchored(Number.NEGATIVE_INFINITY, 1, terms),
  own: undefined,
  refused: { reason, count: (state?.refused?.count ?? 0) + 1 },
})

function refusing(state: PriceLearning, tick: PriceTick, reason: TickRefusal): PriceLearning {
  const count = state.refused?.reason === reason ? state.refused.count + 1 : 1
  if (reason === 'clock-backwards' && count >= REANCHOR) return reanchored(state, tick)
  return { ...state, refused: { reason, count } }
}

/** From a new clock on, with the variances learned so far. */
const reanchored = (state: PriceLearning, { at, price }: PriceTick): PriceLearning => ({
  ...state,
  version: state.version + 1,
  heardAt: at,
  merged: { ...state.merged, at, price, recent: [{ at, log: Math.log(price) }] },
  own: undefined,
  refused: undefined,
})

function ownAfter(own: Series | undefined, { at, own: price }: PriceTick, terms: PriceTerms): Series | undefined {
  if (price === undefined || !(price > 0 && price < Infinity)) return own
  if (own === undefined) return anchored(at, price, terms)
  const ratio = price / own.price
  const fresh = at - own.at <= terms.deadAfter
  return fresh && (ratio > ABSURD || ratio < 1 / ABSURD) ? own : afterPrice(own, { at, price }, terms)
}

const anchored = (at: number, price: number, terms: PriceTerms): Series => ({
  at,
  price,
  variances: priorVariances(terms),
  jumps: NO_JUMPS,
  recent: [{ at, log: Math.log(price) }],
})

function afterPrice(series: Series, { at, price }: PriceTick, terms: PriceTerms): Series {
  const elapsed = at - series.at
  if (elapsed < terms.spacing || price === series.price) return series
  const recent = recall(series.recent, { at, log: Math.log(price) })
  if (elapsed > terms.deadAfter) return { ...series, at, price, recent }
  const x = Math.log(price / series.price)
  const z = x / Math.sqrt((localVariance(series, terms) * elapsed) / YEAR_MILLIS)
  return {
    at,
    price,
    variances: afterReturn(series.variances, x, elapsed, terms),
    jumps: afterMove(series.jumps, z, elapsed, terms.shapes.flags),
    recent,
  }
}

/** Annual variance against which the next return is judged. */
const localVariance = ({ variances }: Series, terms: PriceTerms): number =>
  forecast(variances, terms.shapes.horizons[0].weights, terms)
