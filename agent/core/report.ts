// What the shell may ask the core: values, standing, who is near. Nothing here changes anything.
import type { MarginAccount } from '../domain/market.ts'
import type { ChainId, CollateralId, Instant, Wad } from '../domain/units.ts'
import { wad } from '../domain/units.ts'
import { fromDoubleUp, toDouble } from '../maths/fixed-point.ts'
import { gapRisk } from '../maths/gap-risk.ts'
import { margin } from '../maths/margin.ts'
import { marketAt } from './book.ts'
import { worth } from './happen.ts'
import { free, inFlight, pledged, shortfallInFlight } from './ledger.ts'
import { lawOf } from './quote.ts'
import type { Core } from './state.ts'

/** An amount of collateral on one engine, at one instant. */
export type Holding = { readonly engine: ChainId; readonly collateral: CollateralId; readonly at: Instant }

/** Full value at the newest quorum prices; undefined without a fresh price. */
export function valueAt({ book }: Core, { engine, collateral, at }: Holding, amount: bigint): Wad | undefined {
  const market = marketAt(book, engine, at)
  const value = market && worth(market, { collateral, amount })
  return value === undefined ? undefined : wad(value)
}

/** What the gap of `value` must be paid, in bps of it, given `held` of the like in flight; undefined without a law. */
export function gapPremium(core: Core, holding: Holding, value: Wad, held: Wad): number | undefined {
  const market = marketAt(core.book, holding.engine, holding.at)
  const listed = market?.terms.collaterals.find(({ id }) => id === holding.collateral)
  if (market === undefined || listed === undefined || !market.prices.has(listed.feed) || value <= 0n) return undefined
  const law = lawOf({ core, market }, { collateral: listed.id, vault: listed.vault })
  if (law === undefined) return undefined
  const before = wad(fromDoubleUp(toDouble(held) * law.unitShortfall) + shortfallInFlight(core.ledger))
  const { premium } = gapRisk([{ value, debt: value, law }], before, core.setup.risk.gap)
  return Math.ceil((toDouble(premium) / toDouble(value)) * 10_000)
}

/** An account of our own node, and how far equity covers maintenance: below one it can be liquidated. */
export type Ranked = { readonly account: MarginAccount; readonly cover: number }

/** Accounts known from our own node with a maintenance margin, in the book's order. */
export function ranked(core: Core, engine: ChainId, at: Instant): readonly Ranked[] {
  const market = marketAt(core.book, engine, at)
  if (market === undefined) return []
  return [...core.book.accounts.values()].flatMap(({ account, source }) => {
    if (account.engine !== engine || source !== 'own' || core.self.has(account.id.toLowerCase())) return []
    const found = margin(account, market.terms, market.prices)
    if (found === undefined || found.maintenance === 0n) return []
    return [{ account, cover: toDouble(found.equity) / toDouble(found.maintenance) }]
  })
}

/** Our money at one engine, and what is on its way home over all of them. */
export type Standing = {
  readonly free: Wad
  readonly reserved: Wad
  readonly inFlight: Wad
  readonly shortfall: Wad
  readonly openSettlements: number
  readonly overhead: Wad
}

/** For status messages and the console. */
export function standing({ ledger, setup }: Core, engine: ChainId): Standing {
  const here = [...ledger.reserved.values()].filter(({ intent }) => intent.quote.candidate.account.engine === engine)
  return {
    free: free(ledger, engine, setup.capital.reserve),
    reserved: wad(here.reduce((sum, { amount }) => sum + amount, 0n)),
    inFlight: wad(inFlight(ledger) + pledged(ledger)),
    shortfall: shortfallInFlight(ledger),
    openSettlements: ledger.settlements.size,
    overhead: wad(ledger.overhead),
  }
}
