// Values at the newest quorum prices, read from the core's book for the rooms that settle and provide.
import { type Market, marketAt } from '../core/book.ts'
import { gapRisk } from '../core/risk/gap.ts'
import { gapLaw } from '../core/risk/laws.ts'
import type { Core } from '../core/state.ts'
import type { ChainId, CollateralId, Wad } from '../domain/units.ts'
import { wad } from '../domain/units.ts'
import { toDouble } from '../maths/fixed-point.ts'
import { collateralValueDown, margin } from '../maths/margin.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ranked } from './share.ts'

/** Full value of an amount of collateral; undefined without a fresh price. */
export const valuer =
  (core: Core, clock: Clock) =>
  (engine: ChainId, id: CollateralId, amount: bigint): Wad | undefined => {
    const market = marketAt(core.book, engine, clock.now())
    const collateral = market?.terms.collaterals.find((one) => one.id === id)
    const price = collateral && market?.prices.get(collateral.feed)?.price
    return price === undefined || collateral === undefined
      ? undefined
      : wad(collateralValueDown(amount, collateral.decimals, price))
  }

/** The price of the chains' coin in dollars: the last that any engine's publishers agreed on. */
export function coinPriceOf({ book, setup }: Core): Wad | undefined {
  for (const prices of book.lastPrices.values()) {
    const price = prices.get(setup.gas.nativeFeed)?.price
    if (price !== undefined) return wad(price * 10n ** 10n)
  }
  return undefined
}

/** Accounts known from our own node, each with equity over maintenance. Accounts without risk come last. */
export function ranker(core: Core, clock: Clock): (engine: ChainId) => readonly Ranked[] {
  return (engine) => {
    const market = marketAt(core.book, engine, clock.now())
    if (market === undefined) return []
    return [...core.book.accounts.values()]
      .filter(({ account, source }) => source === 'own' && account.engine === engine)
      .map(({ account }) => ({ account, cover: cover(market, account) }))
  }
}

function cover(market: Market, account: Parameters<typeof margin>[0]): number {
  const worth = margin(account, market.terms, market.prices)
  if (worth === undefined || worth.maintenance === 0n) return Number.POSITIVE_INFINITY
  return toDouble(worth.equity) / toDouble(worth.maintenance)
}

/**
 * What a provider must be paid for the gap of `value` of one collateral, on top of everything it carries, in bps of the
 * value. Undefined without a fresh price, or a law that can be trusted.
 */
export function gapPremium(
  core: Core,
  { engine, clock }: { readonly engine: ChainId; readonly clock: Clock },
  { collateral, value }: { readonly collateral: CollateralId; readonly value: Wad },
): number | undefined {
  const at = clock.now()
  const market = marketAt(core.book, engine, at)
  const listed = market?.terms.collaterals.find(({ id }) => id === collateral)
  if (market === undefined || listed === undefined || market.prices.size === 0 || value === 0n) return undefined
  const cell = { engine, feed: listed.feed, vault: listed.vault }
  const law = gapLaw(core, at, cell, value)
  if ('type' in law) return undefined
  const risk = gapRisk(core, at, [{ cell, value, debt: value, law }])
  return Math.ceil((toDouble(risk.premium) / toDouble(value)) * 10_000)
}
