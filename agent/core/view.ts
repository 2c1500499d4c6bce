// What strategies see: everything that was known at this instant, and nothing that could be changed.
import type { Candidate, Quote } from '../domain/liquidation.ts'
import { wad } from '../domain/units.ts'
import { fromDoubleUp } from '../maths/fixed-point.ts'
import type { Offered, Pool, Quoted, Tradable, Travelling, View } from '../strategy.ts'
import { competitors, type Market, rivals } from './book.ts'
import { free, inFlight, openClaims } from './ledger.ts'
import { shortfallCarried } from './risk/carried.ts'
import type { Core } from './state.ts'
import { heldOf } from './trades.ts'
import { worth as worthOf } from './worth.ts'

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
    travelling: travellingOf(core, market),
    shortfall: { carried: wad(fromDoubleUp(shortfallCarried(core, at))), limit: core.setup.risk.maxShortfall },
    prices: [...market.prices.values()].map(
      ({ feed, price, confidence, sequence }): Quoted => ({ feed, price, confidence, observedAt: sequence }),
    ),
    instruments: tradables(core, market),
    pools: poolsOf(core, engine),
    rivals: rivals(core.book, engine, at),
    random: core.random,
  })
}

const travellingOf = ({ ledger }: Core, market: Market): readonly Travelling[] =>
  openClaims(ledger).map(({ claim, value, debt }) => {
    const strategy = ledger.settlements.get(claim.intent)?.intent.strategy
    const { collateral, vault, amount, openedAt } = claim
    const feed = market.terms.collaterals.find(({ id }) => id === collateral)?.feed ?? -1
    const worth = wad(worthOf(market, claim) ?? value)
    return { strategy, collateral, vault, amount, value, debt, openedAt, feed, worth }
  })

/** Perpetuals with a price. */
const tradables = (core: Core, { engine, terms, prices }: Market): readonly Tradable[] =>
  terms.instruments.flatMap(({ id, kind, markFeed, underlyingFeed }) => {
    const mark = prices.get(markFeed)?.price
    if (kind !== 'perpetual' || mark === undefined) return []
    const held = heldOf(core, engine, id)
    return [{ instrument: id, feed: underlyingFeed, mark, fee: terms.tradeFee, held }]
  })

const poolsOf = ({ watch }: Core, engine: Market['engine']): readonly Pool[] =>
  [...watch.venues].flatMap(([key, { engine: on, feed, price, official, at }]) =>
    on === engine ? [{ vault: key.slice(0, key.lastIndexOf(':')), feed, price, official, observedAt: at }] : [],
  )

/** Freezes a value and everything in it; what is frozen already is left alone. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
  return value
}
