// What a deployment is planned from and what it makes: the words shared by everything that deploys or uses one.
import type { Address } from 'viem'
import type { Scenario } from '../../config/scenario.ts'
import { invariantBroken } from '../domain/errors.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import { type ChainId, chainId, type VaultId } from '../domain/units.ts'
import type { VAULT_ARTEFACTS } from '../suite/contracts.ts'
import type { LocalChain } from './local-chain.ts'
import type { Seat } from './seats.ts'

/** What is to be deployed where. */
export type DeployPlan = {
  readonly scenario: Scenario
  readonly engines: readonly LocalChain[]
  readonly vaultChains: readonly LocalChain[]
  readonly seats: readonly Seat[]
  readonly publishers: readonly Address[]
}

/** A seat with its executor. One address serves on every chain. */
export type Seated = Seat & { readonly executor: Address }

/** Everything a deployment made. `desk` owns the traders' accounts. */
export type Deployment = {
  readonly network: Network
  readonly engines: readonly EngineSite[]
  readonly vaultChains: readonly VaultSite[]
  /** Newcomers are added while a run is kept. */
  readonly seats: Seated[]
  readonly sites: Sites
  readonly desk: Address
  /** The first loss of every route, by vault. */
  readonly tranches: ReadonlyMap<VaultId, Address>
}

/** Contracts of one engine chain. */
export type EngineSite = {
  readonly chain: LocalChain
  readonly name: string
  readonly finality: number
  readonly governor: Address
  readonly authority: Address
  readonly registry: Address
  /** What proposals to optimistic sources lock. */
  readonly bond: Address
  readonly cash: Address
  readonly priceBook: Address
  readonly engine: Address
  readonly auction: Address
  readonly creditLines: Address
  readonly riskParameters: Address
  readonly insuranceFund: Address
}

/** A collateral token of a vault chain and the pool it is sold in. `depth` in dollars (six decimals) on each side. */
export type AssetSite = {
  readonly symbol: string
  readonly token: Address
  readonly decimals: number
  readonly pair: Address
  readonly feed: string
  readonly depth: bigint
}

/** Contracts of one vault chain. */
export type VaultSite = {
  readonly chain: LocalChain
  readonly name: string
  readonly finality: number
  readonly governor: Address
  readonly authority: Address
  readonly registry: Address
  /** What proposals to optimistic sources lock. */
  readonly bond: Address
  readonly dollar: Address
  readonly factory: Address
  readonly router: Address
  readonly assets: readonly AssetSite[]
  readonly artefacts: typeof VAULT_ARTEFACTS
}

/** A vault with its mirror, what they believe of each other, and the tranche that bears the route's first loss. */
export type VaultPlace = VaultDeployment & {
  readonly site: VaultSite
  readonly engineSite: EngineSite
  readonly tranche: Address
}

/** The sites that executors act on. */
export type Sites = {
  readonly engines: readonly EngineSite[]
  readonly vaultChains: readonly VaultSite[]
  readonly vaults: readonly VaultPlace[]
}

/** The chain ids that a scenario's chains get, by position. */
export const engineChainId = (position: number): ChainId => chainId(31_337 + position)
export const vaultChainId = (position: number): ChainId => chainId(41_337 + position)

/** A wad of dollars in the tokens' six decimals, rounded down. */
export const dollars = (value: bigint): bigint => value / 10n ** 12n

/** The least bond, in tokens, and the seconds until one that was asked back is paid. */
export const bondTerms = ({ bonds }: Scenario): readonly [bigint, bigint] => [
  dollars(bonds.minimum),
  BigInt(Math.ceil(bonds.unbonding / 1_000)),
]

/** The value of a key that is known to be there. */
export function get<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw invariantBroken(`nothing is known of ${String(key)}`, {})
  return value
}
