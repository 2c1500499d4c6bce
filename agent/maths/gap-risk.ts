// What holding collateral over the gap costs: loss per unit of debt l = K - h exp(X_L). Everything in modelled time.
// Expected shortfalls of exposures add up (they fall together): the bound that no dependence between them exceeds.
import type { GapRisk, LatencyLaw } from '../domain/liquidation.ts'
import { type Wad, wad } from '../domain/units.ts'
import { fromDoubleUp, min, toDouble } from './fixed-point.ts'
import { type Component, type Mixture, mixtureCdf, mixtureMean, mixturePartial, mixtureQuantile } from './tail.ts'
import { YEAR } from './volatility.ts'

/** Worst share of outcomes that expected shortfall averages. */
export const TAIL = 0.025

/** Terms that every agent sets for itself. `bidPrice` is paid per unit of shortfall while nothing is in flight. */
export type GapTerms = {
  readonly bidPrice: number
  /** Most expected shortfall in flight; the bid price rises towards it. */
  readonly limit: Wad
  /** Mean size of a downward jump and jumps per day of modelled time; zero for none. */
  readonly jump: number
  readonly jumpsPerDay: number
}

/** One leg on its way: its value, the debt paid for it, and the law of its return until it is sold. */
export type Exposure = { readonly value: Wad; readonly debt: Wad; readonly law: GapLaw }

/** The law of the log return X over the gap. Every model of prices and latency that knows these three can price it. */
export type GapLaw = {
  /** F(x) = P(X <= x). */
  readonly cdf: (x: number) => number
  /** G(x) = E[exp(X); X <= x]. */
  readonly partial: (x: number) => number
  /** Expected shortfall of the fall in value of one dollar, at `TAIL`. */
  readonly unitShortfall: number
}

/** The law of one collateral on one vault: normal diffusion and jumps over the body and over the stuck mode. */
export function gapLaw(
  latency: LatencyLaw,
  volatility: number,
  { jump, jumpsPerDay }: Pick<GapTerms, 'jump' | 'jumpsPerDay'>,
): GapLaw {
  const body = latency.median * Math.exp(latency.spread ** 2 / 2)
  const modes = [
    { odds: 1 - latency.stuckOdds, length: body },
    { odds: latency.stuckOdds, length: body + latency.stuckMedian },
  ]
  const raw = modes
    .filter(({ odds }) => odds > 0)
    .flatMap(({ odds, length }) => overLength(odds, length, { volatility, jump, jumpsPerDay }))
  const drift = Math.log(mixtureMean(raw))
  const returns = raw.map((one) => ({ ...one, mean: one.mean - drift }))
  return {
    cdf: (x) => mixtureCdf(returns, x),
    partial: (x) => mixturePartial(returns, x),
    unitShortfall: unitShortfall(returns),
  }
}

type Moves = { readonly volatility: number; readonly jump: number; readonly jumpsPerDay: number }

/** Jump counts 0, 1, 2 and more than two (taken as three), each a normal; the mean is set right by the caller. */
function overLength(odds: number, length: number, { volatility, jump, jumpsPerDay }: Moves): Component[] {
  const variance = (volatility ** 2 * length) / YEAR
  const expected = jump > 0 ? (jumpsPerDay * length) / (YEAR / 365) : 0
  const counts = [0, 1, 2].map((n) => (Math.exp(-expected) * expected ** n) / (n < 2 ? 1 : 2))
  const rest = 1 - counts.reduce((sum, p) => sum + p, 0)
  return [...counts, Math.max(0, rest)]
    .map((p, n) => ({
      weight: odds * p,
      mean: -n * jump - variance / 2,
      deviation: Math.sqrt(variance + n * jump ** 2),
    }))
    .filter(({ weight }) => weight > 0)
}

/** ES of the fall in value of one dollar: 1 - E[exp(X) | X in the worst tail]. */
function unitShortfall(returns: Mixture): number {
  const worst = mixtureQuantile(returns, TAIL)
  return Math.max(0, 1 - mixturePartial(returns, worst) / mixtureCdf(returns, worst))
}

/** Expected shortfall of one leg. It never exceeds the debt: without debt there is nothing to lose. */
export const shortfallOf = ({ value, debt, law }: Exposure): Wad =>
  debt <= 0n ? wad(0n) : min(debt, wad(fromDoubleUp(toDouble(value) * law.unitShortfall)))

/** E[(debt - value exp(X))+] of one leg. */
export function expectedLoss({ value, debt, law }: Exposure): Wad {
  if (debt <= 0n) return wad(0n)
  const [owed, held] = [toDouble(debt), toDouble(value)]
  if (held <= 0) return debt
  const even = Math.log(owed / held)
  const mean = owed * law.cdf(even) - held * law.partial(even)
  return min(debt, wad(fromDoubleUp(Math.max(0, mean))))
}

/** What the gap of a slice costs on top of the shortfall already in flight. */
export function gapRisk(legs: readonly Exposure[], inFlight: Wad, terms: GapTerms): GapRisk {
  const sum = (of: (leg: Exposure) => Wad): Wad => wad(legs.reduce((total, leg) => total + of(leg), 0n))
  const shortfall = sum(shortfallOf)
  return { expected: sum(expectedLoss), shortfall, premium: charge(inFlight, shortfall, terms) }
}

/** How near to the limit the bid price is followed; beyond, it stays as high as it is there. */
const NEAR = 0.98

/**
 * What `more` shortfall costs on top of `used`: the integral of the bid price b / (1 - used / limit) over it, which is
 * -b limit ln(1 - more / (limit - used)). A busy agent asks more, and a large slice more than two small ones.
 */
function charge(used: Wad, more: Wad, { bidPrice, limit }: GapTerms): Wad {
  const whole = Math.max(toDouble(limit), 1e-18)
  const from = Math.min(toDouble(used), whole) / whole
  const near = Math.min(toDouble(more), Math.max(0, NEAR - from) * whole)
  const beyond = (toDouble(more) - near) / (1 - NEAR)
  return wad(fromDoubleUp(bidPrice * (beyond - whole * Math.log1p(-near / (whole * (1 - from) || 1)))))
}
