// What a slice costs besides its gap: closing the inherited positions, selling the collateral, a provider's fee.
import type { Leg, Route } from '../domain/liquidation.ts'
import { type Bps, type Wad, wad } from '../domain/units.ts'
import { mulDivUp } from '../maths/fixed-point.ts'
import { BPS, positionValue, share, tradeFeeUp } from '../maths/margin.ts'
import { slippageUp } from '../maths/sizing.ts'
import { type ProviderRating, providerRating } from './ratings.ts'
import { vaultOf } from './risk/laws.ts'
import type { Sheet } from './sheet.ts'

/** Fees of closing the inherited positions against the pool at the mark. */
export function tradeFees({ held, market }: Sheet, fraction: Bps): bigint {
  return held.positions.reduce((sum, { size, instrument }) => {
    const mark = market.prices.get(instrument.markFeed)?.price ?? 0n
    return sum + tradeFeeUp(positionValue(share(size, fraction), mark), market.terms.tradeFee)
  }, 0n)
}

/** Gas of the claims and slippage of the sales; undefined where a market is not known. */
export function sellingCost({ core, market }: Sheet, legs: readonly Leg[]): Wad | undefined {
  const vaults = new Set(legs.map((leg) => leg.vault))
  let cost = BigInt(vaults.size) * core.setup.gas.claim
  for (const { vault, collateral, value } of legs) {
    const pool = vaultOf(core, { engine: market.engine, vault })?.markets.get(collateral)
    if (pool === undefined) return undefined
    cost += slippageUp(value, pool)
  }
  return wad(cost)
}

/** What a provider keeps, by its word and its record; undefined where it does not buy a collateral, or is trusted with less. */
export function providerFeeOf({ core }: Sheet, { settlement, provider }: Route, legs: readonly Leg[]): Wad | undefined {
  if (settlement !== 'liquidity-service' || provider === undefined) return wad(0n)
  const status = core.book.providers.get(provider.toLowerCase())?.status
  const rating = providerRating(core, provider)
  let fee = 0n
  for (const { collateral, value } of legs) {
    const offered = status?.rates.find((one) => one.collateral === collateral)
    if (offered === undefined) return undefined
    fee += mulDivUp(value, BPS - BigInt(Math.max(0, offered.rate - rating.fee)), BPS)
  }
  return isWithin(legs, rating, status?.reserves ?? 0n) ? wad(fee) : undefined
}

/** A provider that broke promises is counted on for part of its reserves, in the end for none. */
function isWithin(legs: readonly Leg[], { grade, share }: ProviderRating, reserves: bigint): boolean {
  const value = legs.reduce((sum, leg) => sum + leg.value, 0n)
  return grade === 'A' || value * 100n <= reserves * BigInt(Math.round(100 * share))
}
