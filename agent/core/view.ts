// What strategies see: everything that was known at this instant, and nothing that could be changed.
import type { Candidate, Quote } from '../domain/liquidation.ts'
import { wad } from '../domain/units.ts'
import { fromDoubleUp } from '../maths/fixed-point.ts'
import type { Offered, Quoted, Travelling, View } from '../strategy.ts'
import { competitors, type Market, rivals } from './book.ts'
import { free, inFlight, openClaims } from './ledger.ts'
import { shortfallCarried } from './risk/carried.ts'
import type { Core } from './state.ts'

/** A candidate with its quotes, best net first; never empty. */
export type Offer = { readonly candidate: Candidate; readonly quotes: readonly Quote[] }

/** One frozen view for all strategies. */
export function viewOf(core: Core, market: Market, offers: readonly Offer[]): View {
  const { engine, at, terms } = market
  const pace = { discountPerSecond: terms.auction.discountPerSecond, maxDiscount: terms.auction.maxDiscount }
  const others = competitors(core.book, engine, at)
  return freeze({
    now: at,
    candidates: offers.map(({ quotes }): Offered => ({ quotes, competitors: others, ...pace })),
    free: free(core.ledger, engine, core.setup.capital.reserve),
    inFlight: inFlight(core.ledger),
    travelling: travellingOf(core),
    shortfall: { carried: wad(fromDoubleUp(shortfallCarried(core, at))), limit: core.setup.risk.maxShortfall },
    prices: [...market.prices.values()].map(
      ({ feed, price, confidence, sequence }): Quoted => ({ feed, price, confidence, observedAt: sequence }),
    ),
    rivals: rivals(core.book, engine, at),
    random: core.random,
  })
}

const travellingOf = ({ ledger }: Core): readonly Travelling[] =>
  openClaims(ledger).map(({ claim, value, debt }) => {
    const strategy = ledger.settlements.get(claim.intent)?.intent.strategy
    const { collateral, vault, amount, openedAt } = claim
    return { strategy, collateral, vault, amount, value, debt, openedAt }
  })

/** Freezes a value and everything in it; what is frozen already is left alone. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
  return value
}
