// What the owner wants nothing of, whatever it would earn: chains, ways home and assets.
import type { Leg, Route, Settlement } from '../domain/liquidation.ts'
import type { ChainId, CollateralId, VaultId } from '../domain/units.ts'

/** Why something is refused, by what it is. What is in none of these is allowed. */
export type Policy = {
  /** Engine chains on which nothing is bid. */
  readonly engines: ReadonlyMap<ChainId, string>
  /** Ways home, by `wayKey`. */
  readonly ways: ReadonlyMap<string, string>
  /** Collaterals, by `collateralKey`. */
  readonly assets: ReadonlyMap<string, string>
}

/** One vault by one settlement. */
export const wayKey = (vault: VaultId, settlement: Settlement): string => `${vault}:${settlement}`

/** One collateral in one vault. */
export const collateralKey = (vault: VaultId, collateral: CollateralId): string => `${vault}:${collateral}`

/** The first part of a slice that the owner refuses, in words. */
export function unwanted(
  policy: Policy | undefined,
  { engine, settlement }: Pick<Route, 'engine' | 'settlement'>,
  legs: readonly Pick<Leg, 'vault' | 'collateral'>[],
): string | undefined {
  if (policy === undefined) return undefined
  const { engines, ways, assets } = policy
  const found = legs.map(
    ({ vault, collateral }) => ways.get(wayKey(vault, settlement)) ?? assets.get(collateralKey(vault, collateral)),
  )
  return engines.get(engine) ?? found.find((why) => why !== undefined)
}
