// What a route is charged on chain, from its loss law: the gap haircut, the yearly premium and the provider's least fee.
// Everything is per unit of collateral and rounded up to whole bps, against whoever takes the risk.
import { atomsOf, type Latency, meanTime } from './latency.ts'
import { returnLaw, YEAR_SECONDS } from './law.ts'
import { lossOdds, tailOf, varEs } from './loss.ts'
import type { PriceModel } from './model.ts'
import { leastBonus } from './premium.ts'
import { within } from './refusal.ts'

/** One collateral on one route. `haircut` is the share that the margin rule takes off besides the gap. */
export type RouteRisk = { readonly model: PriceModel; readonly latency: Latency; readonly haircut: number }

/** Terms of publication. */
export type PublicationTerms = {
  /** Level of the expected shortfall, such as 0.99. */
  readonly level: number
  /** What a unit of expected shortfall costs per event. */
  readonly bidPrice: number
  /** How often a year the collateral of an account goes through the gap. */
  readonly turnover: number
  /** How often a year the whole route is expected to fail, taking everything on it. */
  readonly failures: number
  /** Years of the engine's clock in one year of the market's: one, unless time is compressed. */
  readonly timeScale: number
}

/** Levels in bps, as they stand on chain, with what they rest on, as shares. */
export type Publication = {
  readonly gap: number
  readonly premium: number
  readonly fee: number
  readonly shortfall: number
  readonly floor: number
  readonly expected: number
  readonly tail: number
  readonly seconds: number
}

/** Bps of a share, rounded up; the grain below keeps a share that is a whole number of bps where it is. */
const bpsUp = (share: number): number => Math.max(0, Math.ceil(1e4 * share - 1e-9))

/** Deviations of the floor: 99 % of a normal fall. */
const Z = 2.33

/** Levels for one route. Throws a Refusal when the law cannot be trusted. */
export function publicationOf({ model, latency, haircut }: RouteRisk, terms: PublicationTerms): Publication {
  const level = within('level', terms.level, { least: 0.5, below: 1 })
  within('haircut', haircut, { least: 0, below: 1 })
  within('turnover', terms.turnover, { least: 0 })
  within('failures', terms.failures, { least: 0, most: 1 })
  within('timeScale', terms.timeScale, { above: 0 })
  const law = returnLaw({ model, latency })
  const tail = tailOf(law, 1 - level)
  const seconds = meanTime(atomsOf(latency))
  const shortfall = Math.max(0, varEs(tail, WHOLE).ES)
  // The floor has no jumps, no stuck tail and no skew: it only stops a model from saying less than diffusion alone.
  const floor = Z * model.sigma * Math.sqrt(seconds / YEAR_SECONDS)
  const gap = Math.min(1 - haircut, Math.max(shortfall, floor))
  const beyond = beyondCushion(haircut + bpsUp(gap) / 1e4)
  const yearly = terms.turnover * (beyond.expected + terms.bidPrice * beyond.tail) + terms.failures
  return {
    gap: Math.min(bpsUp(gap), Math.floor(1e4 * (1 - haircut) + 1e-9)),
    premium: bpsUp(yearly * terms.timeScale),
    fee: bpsUp(feeOf(tail.g, law.mean, terms.bidPrice)),
    shortfall,
    floor,
    expected: beyond.expected,
    tail: beyond.tail,
    seconds,
  }

  /** What is lost beyond the cushion that the margin rule holds: its mean, and its mean in the worst outcomes. */
  function beyondCushion(cushion: number): { readonly expected: number; readonly tail: number } {
    if (cushion >= 1) return { expected: 0, tail: 0 }
    const left = { K: 1 - cushion, h: 1 }
    const { pLoss, EL } = lossOdds(law, left)
    return { expected: EL, tail: pLoss <= 1 - level ? EL / (1 - level) : varEs(tail, left).ES }
  }
}

/** Collateral taken at its full value, without costs. */
const WHOLE = { K: 1, h: 1 }

/** Share of the value that a provider keeps so that its least bonus on what it pays is earned. */
function feeOf(g: number, m1: number, rho: number): number {
  const { beta_min } = leastBonus(g, { rho, slippage: 0, cost_frac: 0, lost_race_cost_frac: 0, pWin: 1, m1 })
  return beta_min / (1 + beta_min)
}
