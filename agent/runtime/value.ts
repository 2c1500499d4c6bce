// Values at the newest quorum prices, read from the core's book for the rooms that settle and provide.
import { type Market, marketAt } from '../core/book.ts'
import { lawOf } from '../core/quote.ts'
import type { Core } from '../core/state.ts'
import type { ChainId, CollateralId, Wad } from '../domain/units.ts'
import { wad } from '../domain/units.ts'
import { toDouble } from '../maths/fixed-point.ts'
import { gapRisk, shortfallOf } from '../maths/gap-risk.ts'
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
 * What a provider must be paid for the gap of `value` of one collateral, on top of `held` already in flight, in bps of
 * the value. Undefined without a fresh price.
 */
export function gapPremium(
  core: Core,
  at: { readonly engine: ChainId; readonly clock: Clock },
  piece: { readonly collateral: CollateralId; readonly value: Wad; readonly held: Wad },
): number | undefined {
  const market = marketAt(core.book, at.engine, at.clock.now())
  const vault = market?.terms.collaterals.find(({ id }) => id === piece.collateral)?.vault
  if (market === undefined || vault === undefined || market.prices.size === 0 || piece.value === 0n) return undefined
  const law = lawOf({ core, market }, { vault, collateral: piece.collateral })
  if (law === undefined) return undefined
  const inFlight = shortfallOf({ value: piece.held, debt: piece.held, law })
  const risk = gapRisk([{ value: piece.value, debt: piece.value, law }], inFlight, core.setup.risk.gap)
  return Math.ceil((toDouble(risk.premium) / toDouble(piece.value)) * 10_000)
}
