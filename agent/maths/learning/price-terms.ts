// What is believed of any asset before its prices were seen, and how fast the past is forgotten. Modelled time.
import type { MarketState } from '../../domain/gap-record.ts'

/**
 * Jumps of one state of the market in units of sigma, the deviation of a quarter of an hour: diffusion, jumps per quarter
 * of an hour, odds of an upward one, and inverse mean sizes either way.
 */
export type Shape = {
  readonly diffusion: number
  readonly jumps: number
  readonly up: number
  readonly eta1: number
  readonly eta2: number
}

/** Returns beyond 4.1 local deviations: odds per return, share of upward ones, mean excess in local deviations. */
export type Flags = { readonly odds: number; readonly up: number; readonly excess: number }

/** What the business clock does over a length of time: weights of the variances, and spread of ln(activity). */
export type Horizon = {
  readonly seconds: number
  /** One weight per half-life. A sum above one says that variance tends to rise from what the means remember. */
  readonly weights: readonly number[]
  readonly spread: number
}

/** Everything that is not learned from a single feed: the pooled prior. */
export type Shapes = {
  readonly states: Readonly<Record<MarketState, Shape>>
  readonly flags: Flags
  /** Ascending. */
  readonly horizons: readonly [Horizon, ...Horizon[]]
}

/** Lengths in modelled milliseconds; `volatility` is annual. */
export type PriceTerms = {
  /** Believed before any price, and worth `trust` of seen prices. */
  readonly volatility: number
  readonly trust: number
  /** Never below. */
  readonly floor: number
  /** Least time between the prices of a return: closer ones measure noise. */
  readonly spacing: number
  /** Without news for so long, parameters widen; for so long, they are not to be used. */
  readonly staleAfter: number
  readonly deadAfter: number
  readonly shapes: Shapes
}

/** A year and a minute of modelled time in milliseconds. */
export const YEAR_MILLIS = 31_536_000_000
export const MINUTE_MILLIS = 60_000

/** The bar that shapes are stated in. */
export const BAR_MILLIS = 15 * MINUTE_MILLIS

/**
 * Half-lives of the variances: Corsi's cascade (2009) for a market that never closes, with a fast one in front. In crash
 * weeks by the minute that one carries most of the weight; without it the next quarter of an hour is foreseen worse.
 */
export const HALF_LIVES: readonly number[] = [8, 30, 120, 720, 5760].map((minutes) => minutes * MINUTE_MILLIS)

/**
 * Pooled over minute prices of ETH and BTC in eight crash weeks between 2020 and 2025 and one calm month (124,000 minutes
 * each), as fitted by `fitWeights` and `fitShapes`; the bench fits it again, with each week left out in turn.
 */
export const POOLED: Shapes = {
  states: {
    calm: { diffusion: 0.939, jumps: 0.0436, up: 0.373, eta1: 0.697, eta2: 0.879 },
    triggered: { diffusion: 1.17, jumps: 0.0528, up: 0.324, eta1: 0.83, eta2: 0.486 },
    cascade: { diffusion: 1.3, jumps: 0.0532, up: 0.337, eta1: 0.694, eta2: 0.5 },
  },
  flags: { odds: 0.00249, up: 0.493, excess: 1.85 },
  horizons: [
    { seconds: 60, weights: [1.04, 0.135, 0.00889, 0.017, 0.00542], spread: 0.76 },
    { seconds: 300, weights: [0.96, 0.0611, 0.131, 0.00565, 0.02], spread: 0.662 },
    { seconds: 900, weights: [0.89, 0.22, 0.129, 0.001, 0.028], spread: 0.8 },
    { seconds: 3600, weights: [0.92, 0.0599, 0.393, 0.001, 0.0441], spread: 1.08 },
    { seconds: 14400, weights: [0.4, 0.229, 0.881, 0.001, 0.0963], spread: 1.22 },
  ],
}

/** Terms for prices that come many times a minute. */
export const PRICE_TERMS: PriceTerms = {
  volatility: 0.7,
  trust: 2 * 60 * MINUTE_MILLIS,
  floor: 0.05,
  spacing: MINUTE_MILLIS,
  staleAfter: MINUTE_MILLIS,
  deadAfter: 10 * MINUTE_MILLIS,
  shapes: POOLED,
}
