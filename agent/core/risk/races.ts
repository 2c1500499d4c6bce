// How often we win the races we enter, by size, and what losing one costs.
import type { Wad } from '../../domain/units.ts'
import { wad } from '../../domain/units.ts'
import { fromDoubleUp, toDouble } from '../../maths/fixed-point.ts'
import { copiesOdds } from '../../maths/risk/race.ts'

/** Won and lost by size (powers of ten of dollars), and dollars of gas that lost races burnt. */
export type Races = {
  readonly bySize: Map<number, { readonly won: number; readonly lost: number }>
  burnt: number
  lost: number
}

export const openRaces = (): Races => ({ bySize: new Map(), burnt: 0, lost: 0 })

/** A race that we won, or lost at a cost in dollars. */
export function learnRace(races: Races, outlay: Wad, ended: { readonly won: boolean; readonly gas: Wad }): void {
  const size = sizeOf(outlay)
  const { won, lost } = races.bySize.get(size) ?? { won: 0, lost: 0 }
  races.bySize.set(size, ended.won ? { won: won + 1, lost } : { won, lost: lost + 1 })
  if (ended.won) return
  races.burnt += toDouble(ended.gas)
  races.lost += 1
}

/** How many races the prior is worth: everybody seen bidding runs as fast as we do. */
const TRUST = 4

/** Odds of winning a race of this size against so many rivals. */
export function winOdds(races: Races, outlay: Wad, rivals: number): number {
  const { won, lost } = races.bySize.get(sizeOf(outlay)) ?? { won: 0, lost: 0 }
  return (won + TRUST * copiesOdds(1, rivals)) / (won + lost + TRUST)
}

/** What the races lost for every one won cost; `gas` is believed until some were lost. */
export function raceCost(races: Races, odds: number, gas: Wad): Wad {
  const each = (races.burnt + toDouble(gas)) / (races.lost + 1)
  return wad(fromDoubleUp((each * (1 - odds)) / odds))
}

const sizeOf = (outlay: Wad): number => Math.floor(Math.log10(Math.max(1, toDouble(outlay))))
