// Odds of winning a race, by how the venue decides it.
import { integrate } from './quadrature.ts'
import { within } from './refusal.ts'
import { normalCdf } from './special.ts'

/** Arrival of one runner: mean and deviation of its time. */
export type Arrival = { readonly mean: number; readonly deviation: number }

/** First come, first served: the chance that every rival arrives later than we do. */
export function firstComeOdds(own: Arrival, rivals: readonly Arrival[]): number {
  within('deviation', own.deviation, { least: 0 })
  const [rival] = rivals
  if (rival === undefined) return 1
  if (rivals.length === 1) return later(rival, own)
  const ahead = (z: number): number =>
    rivals.reduce((odds, one) => odds * later(one, { mean: own.mean + own.deviation * z, deviation: 0 }), 1)
  return integrate((z) => (ahead(z) * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI), -9, 9)
}

/** Chance that a rival arrives after us. */
function later(rival: Arrival, own: Arrival): number {
  const spread = Math.hypot(own.deviation, within('deviation', rival.deviation, { least: 0 }))
  if (spread === 0) return rival.mean > own.mean ? 1 : rival.mean === own.mean ? 0.5 : 0
  return normalCdf((rival.mean - own.mean) / spread)
}

/** Duplicates of equal standing: our share of all copies. */
export const copiesOdds = (own: number, others: number): number => (own + others > 0 ? own / (own + others) : 0)

/** Most profitable number of copies at a cost each: V K / (k + K)^2 = cost. */
export const bestCopies = (value: number, others: number, cost: number): number =>
  cost > 0 ? Math.max(0, Math.sqrt((value * others) / cost) - others) : Infinity

/** Worth of entering: what the win earns less what a lost race costs. */
export const raceValue = (odds: number, win: number, lostRace: number): number => odds * win - (1 - odds) * lostRace
