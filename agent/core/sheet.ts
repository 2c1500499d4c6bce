// One candidate at one instant: everything that its quotes have in common.
import type { Candidate, Leg } from '../domain/liquidation.ts'
import { type Bps, type Wad, wad } from '../domain/units.ts'
import { max, prorate } from '../maths/fixed-point.ts'
import { discount, type Holdings } from '../maths/margin.ts'
import { type Standing, standingOf } from '../maths/standing.ts'
import { elapsed, type Market } from './book.ts'
import { type Missing, missing } from './priced.ts'
import { cellOf } from './risk/carriages.ts'
import { exposed } from './risk/gap.ts'
import type { Exposure } from './risk/words.ts'
import type { Core } from './state.ts'

/** Everything that one candidate's quotes have in common. */
export type Sheet = {
  readonly core: Core
  readonly market: Market
  readonly candidate: Candidate
  readonly standing: Standing
  readonly held: Holdings
  readonly discount: Bps
  readonly elapsed: bigint
}

/** Undefined while a price is missing. */
export function openSheet(core: Core, market: Market, candidate: Candidate): Sheet | undefined {
  const { account } = candidate
  const standing = standingOf(account, market.terms, market.prices)
  const { held } = standing
  if (held === undefined) return undefined
  const age = elapsed(account, market)
  return { core, market, candidate, standing, held, elapsed: age, discount: discount(market.terms.auction, age) }
}

/** Every leg with its share of what was paid and the law of its gap. */
export function exposuresOf({ core, market }: Sheet, legs: readonly Leg[], paid: Wad): readonly Exposure[] | Missing {
  const debts = prorate(
    max(wad(0n), paid),
    legs.map((leg) => leg.value),
  )
  const unpriced = legs.flatMap((leg, i) => {
    const cell = cellOf(core, leg)
    return cell === undefined ? [] : [{ cell, value: leg.value, debt: wad(debts[i] ?? 0n) }]
  })
  if (unpriced.length < legs.length) return missing('no-route')
  const exposures = exposed(core, market.at, unpriced)
  return 'type' in exposures ? missing('gap-unknown', `no law of the gap: ${exposures.reason}`) : exposures
}
