// The description of one network: chains, contracts, publishers. Written by a deployment, read by every process.
import type { Address } from 'viem'
import type { LatencyLaw, RouteFailures } from './liquidation.ts'
import type { ChainId, CollateralId, VaultId, Wad } from './units.ts'

/** Depth at which amounts below a limit are final, and whether inclusion must be proven. Ascending; the last has no limit. */
export type FinalityTier = { readonly below: Wad | undefined; readonly blocks: number; readonly proof: boolean }

/** Contracts of one engine chain. `fromBlock` is where discovery starts. */
export type EngineDeployment = {
  readonly chain: ChainId
  readonly name: string
  readonly engine: Address
  readonly auction: Address
  readonly priceBook: Address
  readonly creditLines: Address
  /** Where gap haircuts, premiums and provider fees are published. */
  readonly riskParameters: Address
  readonly insuranceFund: Address
  readonly registry: Address
  readonly cash: Address
  readonly cashDecimals: number
  /** Blocks on top after which a block is final. */
  readonly finality: number
  /** Depths by amount, ascending; by default `finality` for all, with a proof above 10,000 dollars. */
  readonly tiers?: readonly FinalityTier[] | undefined
  readonly fromBlock: bigint
}

/** One asset of a vault: its token on the vault chain and the pool where it is sold for that chain's dollar. */
export type AssetDeployment = {
  readonly collateral: CollateralId
  readonly symbol: string
  readonly token: Address
  readonly decimals: number
  readonly pair: Address
}

/** One vault, its mirror on an engine chain, and the root oracles between them. */
export type VaultDeployment = {
  readonly id: VaultId
  readonly chain: ChainId
  readonly engine: ChainId
  readonly vault: Address
  /** On the engine chain. */
  readonly mirror: Address
  /** On the vault chain: roots of the engine chain. */
  readonly engineRoots: Address
  /** On the engine chain: roots of the vault chain. */
  readonly vaultRoots: Address
  /** Seconds a root must age on the vault chain before it pays. */
  readonly delay: number
  readonly registry: Address
  readonly router: Address
  readonly dollar: Address
  readonly dollarDecimals: number
  readonly finality: number
  /** Depths by amount, ascending; by default `finality` for all, with a proof above 10,000 dollars. */
  readonly tiers?: readonly FinalityTier[] | undefined
  readonly fromBlock: bigint
  readonly assets: readonly AssetDeployment[]
  /** Prior of the time from bid to collateral, in modelled time. */
  readonly latency: LatencyLaw
  /** Odds of not settling at all; none where unknown. */
  readonly failures?: RouteFailures | undefined
}

export type Network = {
  readonly name: string
  /** Modelled time per wall time: 60 means that one wall second is one modelled minute. */
  readonly timeScale: number
  readonly threshold: number
  readonly attestors: readonly Address[]
  readonly publishers: readonly Address[]
  readonly engines: readonly EngineDeployment[]
  readonly vaults: readonly VaultDeployment[]
}
