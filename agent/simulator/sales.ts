// Seized collateral comes home and is sold into a constant-product pool, which traders bring back to the market between
// blocks; what is sold within one block shares its depth.
import type { Fill, Leg } from '../domain/liquidation.ts'
import type { Collateral, EngineTerms } from '../domain/market.ts'
import { type CollateralId, price, type VaultId, type Wad, wad } from '../domain/units.ts'
import { collateralValueDown } from '../maths/margin.ts'
import { type Market, slippageUp } from '../maths/sizing.ts'
import type { SimulatedMarket, VaultSpec } from './spec.ts'

/** What one leg brought: its value at the market, and what the pool paid. */
export type Sold = { readonly value: Wad; readonly proceeds: Wad }

/** The pools of a world. `at` counts from the opening. */
export type Pools = {
  sell(vault: VaultId, legs: readonly Leg[], at: number): Sold
  /** The same without selling: what would come home if nobody else sold then. */
  quote(legs: readonly Leg[], at: number): Sold
}

/** How long a pool remembers a sale, in wall milliseconds. */
const MEMORY = 1_000

export function openPools(terms: EngineTerms, vaults: readonly VaultSpec[], market: SimulatedMarket): Pools {
  const sold = new Map<CollateralId, { at: number; value: bigint }>()
  const worth = ({ collateral, amount }: Leg, at: number): bigint => {
    const { feed, decimals } = listed(terms, collateral)
    return collateralValueDown(amount, decimals, asPrice(market.spot(feed, at)))
  }
  return {
    sell(vault, legs, at) {
      const pools = vaults.find(({ id }) => id === vault)?.pools
      return total(
        legs.map((leg) => {
          const value = worth(leg, at)
          const last = sold.get(leg.collateral)
          const earlier = last !== undefined && at - last.at < MEMORY ? last.value : 0n
          sold.set(leg.collateral, { at, value: earlier + value })
          return {
            value,
            proceeds: paid(pools?.get(leg.collateral), earlier + value) - paid(pools?.get(leg.collateral), earlier),
          }
        }),
      )
    },
    quote(legs, at) {
      return total(
        legs.map((leg) => {
          const value = worth(leg, at)
          const pool = vaults.find(({ id }) => id === leg.vault)?.pools.get(leg.collateral)
          return { value, proceeds: paid(pool, value) }
        }),
      )
    },
  }
}

/** The legs of a fill by the vault they come from. */
export const byVault = (legs: Fill['legs']): ReadonlyMap<VaultId, readonly Leg[]> =>
  Map.groupBy(legs, ({ vault }) => vault)

const paid = (pool: Market | undefined, value: bigint): bigint =>
  pool === undefined ? 0n : value - slippageUp(wad(value), pool)

const total = (parts: readonly { readonly value: bigint; readonly proceeds: bigint }[]): Sold => ({
  value: wad(parts.reduce((sum, { value }) => sum + value, 0n)),
  proceeds: wad(parts.reduce((sum, { proceeds }) => sum + proceeds, 0n)),
})

function listed({ collaterals }: EngineTerms, id: CollateralId): Collateral {
  const found = collaterals.find((one) => one.id === id)
  if (found === undefined) throw new RangeError(`no collateral ${id} is listed`)
  return found
}

/** The gate from statistics to money for prices: eight decimals, never zero. */
export const asPrice = (dollars: number) => price(BigInt(Math.max(1, Math.round(dollars * 1e8))))
