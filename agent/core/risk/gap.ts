// What holding collateral over the gap costs: loss per unit of debt l = K - h exp(X). The level of a tail comes from the
// law of the moment in closed form, what the rest of the book makes of it from common scenarios.
import type { GapRisk } from '../../domain/liquidation.ts'
import { type Instant, wad } from '../../domain/units.ts'
import { fromDoubleUp, toDouble } from '../../maths/fixed-point.ts'
import { lossOdds } from '../../maths/risk/loss.ts'
import { charge, shadowPrice } from '../../maths/risk/premium.ts'
import type { Core } from '../state.ts'
import { shareOfOwn, shortfallCarried } from './carried.ts'
import { gapLaw } from './laws.ts'
import type { Exposure, Unknown } from './words.ts'

/** A leg that wants a law. */
export type Unpriced = Omit<Exposure, 'law'>

/** Legs with their laws, for a ticket of all their debts together; or why one of them has none. */
export function exposed(core: Core, at: Instant, legs: readonly Unpriced[]): readonly Exposure[] | Unknown {
  const ticket = wad(legs.reduce((sum, { debt }) => sum + debt, 0n))
  const found: Exposure[] = []
  for (const leg of legs) {
    const law = gapLaw(core, at, leg.cell, ticket)
    if ('type' in law) return law
    found.push({ ...leg, law })
  }
  return found
}

/** What a slice risks and what it must be paid for that, on top of everything carried already. */
export function gapRisk(core: Core, at: Instant, legs: readonly Exposure[]): GapRisk {
  const own = legs.reduce((sum, leg) => sum + shortfallOf(core, leg), 0)
  const shortfall = Math.max(0, own * shareOfOwn(core, legs))
  const fall = legs.reduce((sum, { value, debt, law }) => sum + (debt > 0n ? toDouble(value) * law.meanFall : 0), 0)
  const premium = fall + chargeFor(core, at, shortfall)
  return {
    expected: wad(legs.reduce((sum, leg) => sum + expectedLoss(leg), 0n)),
    shortfall: wad(fromDoubleUp(shortfall)),
    premium: wad(fromDoubleUp(Math.max(0, premium))),
  }
}

/** Expected shortfall of one leg alone, beyond its mean. It never exceeds the debt: without debt there is nothing to lose. */
export function shortfallOf({ beliefs }: Core, { value, debt, law }: Exposure, level = 0): number {
  if (debt <= 0n) return 0
  return Math.min(toDouble(debt), beliefs.multiplier * toDouble(value) * (law.shortfalls[level] ?? 1))
}

/** What more tail capital costs on top of what is used, at the bid price of the moment. */
export function chargeFor(core: Core, at: Instant, more: number): number {
  return charge(shortfallCarried(core, at), more, { price: openPrice(core), limit: limitOf(core) })
}

/** The bid price while nothing is carried: what tail capital would have earned elsewhere, at least what we ask for it. */
export const openPrice = ({ beliefs, setup }: Core): number =>
  shadowPrice(beliefs.lately, setup.risk.bidPrice, 0, Math.max(1, toDouble(setup.risk.maxShortfall)))

/** Most expected shortfall carried, in dollars. */
export const limitOf = ({ setup }: Core): number => toDouble(setup.risk.maxShortfall)

/** E[(debt - value exp(X))+] of one leg, failures included. */
function expectedLoss({ value, debt, law }: Exposure): bigint {
  if (debt <= 0n) return 0n
  const [owed, held] = [toDouble(debt), toDouble(value)]
  if (held <= 0) return debt
  const settles = 1 - law.failures.reduce((sum, { odds }) => sum + odds, 0)
  const failed = law.failures.reduce((sum, { odds, loss }) => sum + odds * Math.max(0, owed - (1 - loss) * held), 0)
  const mean = settles * owed * lossOdds(law.law, { K: 1, h: held / owed }).EL + failed
  const up = fromDoubleUp(Math.max(0, mean))
  return up < debt ? up : debt
}
