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

/** What the business clock does over a length of time: weights of the variances, and spread of ln(activity). */
export type Horizon = {
  readonly seconds: number
  /** One weight per half-life; their sum is the mean activity's bias. */
  readonly weights: readonly number[]
  readonly spread: number
}

/** Everything that is not learned from a single feed: the pooled prior. */
export type Shapes = {
  readonly states: Readonly<Record<MarketState, Shape>>
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

/** A year, a day and a minute of modelled time in milliseconds. */
export const YEAR_MILLIS = 31_536_000_000
export const DAY_MILLIS = 86_400_000
export const MINUTE_MILLIS = 60_000

/** The bar that shapes are stated in. */
export const BAR_MILLIS = 15 * MINUTE_MILLIS

/** Half-lives of the variances, as Corsi's cascade (2009) has them for a market that never closes. */
export const HALF_LIVES: readonly number[] = [30, 120, 720, 5760].map((minutes) => minutes * MINUTE_MILLIS)

/** Jumps and evidence about them are forgotten with this half-life. */
export const MEMORY = 14 * DAY_MILLIS

/** Pooled over ten assets and sixteen months of quarter hours, May 2025 to April 2026. */
export const POOLED: Shapes = {
  states: {
    calm: { diffusion: 0.843, jumps: 0.143, up: 0.496, eta1: 1.01, eta2: 1.005 },
    triggered: { diffusion: 0.79, jumps: 0.54, up: 0.05, eta1: 1.4, eta2: 1.4 },
    cascade: { diffusion: 0.79, jumps: 0.8, up: 0.05, eta1: 1.4, eta2: 1.2 },
  },
  horizons: [
    { seconds: 60, weights: [0.77, 0.1, 0.13, 0.03], spread: 0.2 },
    { seconds: 900, weights: [0.77, 0.1, 0.13, 0.03], spread: 0.4 },
    { seconds: 3600, weights: [0.6, 0.2, 0.17, 0.06], spread: 0.7 },
    { seconds: 14_400, weights: [0.3, 0.3, 0.3, 0.1], spread: 1 },
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
