// From a history of prices to a model: volatility without jumps by bipower variation, jumps by Lee and Mykland's flag,
// and conjugate priors, because one jump a day says little about jumps for a month.
import { leeMyklandBeta } from './backtest.ts'
import type { PriceModel } from './model.ts'
import { Refusal, within } from './refusal.ts'

/** A price at a time in seconds. */
export type Tick = { readonly at: number; readonly price: number }

/** What was believed before: as if `years` had been seen, with jumps of mean size `size` (in local sigmas). */
export type Prior = { readonly years: number; readonly perYear: number; readonly odds: number; readonly size: number }

/** Pooled over ten assets and sixteen months: two flagged jumps in three days, either way, four local sigmas on average. */
export const POOLED: Prior = { years: 10 / 365, perYear: 240, odds: 0.5, size: 4 }

/** A model with what it rests on. */
export type Fit = {
  readonly model: Extract<PriceModel, { type: 'kou' }>
  readonly observations: number
  readonly jumps: number
  readonly years: number
}

/** Returns that the local volatility looks back over. */
const WINDOW = 96

/** Largest ratio of neighbouring prices that is taken for a price. */
const ABSURD = 10

/** Fits a model to evenly spaced prices. */
export function fitPrices(ticks: readonly Tick[], prior: Prior = POOLED): Fit {
  const returns = returnsOf(ticks)
  const years = ((ticks[ticks.length - 1]?.at ?? 0) - (ticks[0]?.at ?? 0)) / 31_536_000
  const flagged = jumpsIn(returns)
  const perYear = returns.length / years
  const sigma = Math.sqrt(bipower(returns) * perYear)
  if (!(sigma > 0)) throw new Refusal('no-mass', 'the price never moves: a frozen feed has no volatility')
  const typical = (prior.size * sigma) / Math.sqrt(perYear)
  const [ups, downs] = [flagged.filter((x) => x > 0), flagged.filter((x) => x < 0).map((x) => -x)]
  const believed = prior.years * prior.perYear
  const sizeOf = (jumps: readonly number[]): number =>
    (typical * believed * 0.5 + jumps.reduce((sum, x) => sum + x, 0)) / (believed * 0.5 + jumps.length)
  const lambda = (believed + flagged.length) / (prior.years + years)
  const p = (prior.odds * believed + ups.length) / (believed + flagged.length)
  const model = { type: 'kou' as const, sigma, lambda, p, eta1: 1 / sizeOf(ups), eta2: 1 / sizeOf(downs) }
  return { model, observations: returns.length, jumps: flagged.length, years }
}

/** Log returns, if time goes forward in even steps and prices are prices. */
function returnsOf(ticks: readonly Tick[]): readonly number[] {
  if (ticks.length < WINDOW + 2) throw new Refusal('no-mass', `expected ${WINDOW + 2} prices, found ${ticks.length}`)
  const spacing = within('spacing', (ticks[1]?.at ?? Number.NaN) - (ticks[0]?.at ?? Number.NaN), { above: 0 })
  return ticks.slice(1).map(({ at, price }, i) => {
    const before = ticks[i]
    if (before === undefined) throw new Refusal('no-mass', 'expected a price before')
    const step = within('time between prices', at - before.at, { above: 0 })
    if (Math.abs(step - spacing) > 0.01 * spacing)
      throw new Refusal('out-of-range', `expected prices every ${spacing} s, found a step of ${step} s at ${at}`)
    const ratio = within('price', price, { above: 0 }) / within('price', before.price, { above: 0 })
    return Math.log(within('ratio of neighbouring prices', ratio, { above: 1 / ABSURD, below: ABSURD }))
  })
}

/** Variance per step without jumps: pi/2 times the mean product of neighbouring sizes. */
function bipower(returns: readonly number[]): number {
  const sum = returns.slice(1).reduce((total, x, i) => total + Math.abs(x) * Math.abs(returns[i] ?? 0), 0)
  return ((Math.PI / 2) * sum) / (returns.length - 1)
}

/** Returns that no diffusion of the local volatility would make, at 1 % per window. */
function jumpsIn(returns: readonly number[]): readonly number[] {
  const root = Math.sqrt(2 * Math.log(WINDOW))
  const c = Math.sqrt(2 / Math.PI)
  const spread = 1 / (c * root)
  const centre = root / c - (Math.log(Math.PI) + Math.log(Math.log(WINDOW))) / (2 * c * root)
  const threshold = c * (centre + leeMyklandBeta(0.01) * spread)
  return returns.filter((x, i) => {
    const window = returns.slice(Math.max(0, i - WINDOW), i)
    return window.length === WINDOW && Math.abs(x) > threshold * Math.sqrt(bipower(window))
  })
}
