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

/** A source that accepts headers of the other chain at once, for a reason of its own. */
export type HeaderSource =
  | {
      /** A quorum of bonded attestors signed the header. `delay`: seconds until it may be read under. */
      readonly kind: 'attested'
      readonly at: Address
      readonly delay: number
    }
  | {
      /** The chain it stands on is derived from the other one: the predeploy names the newest header. */
      readonly kind: 'op-l1-block'
      readonly at: Address
      readonly l1Block: Address
    }

/** A source that stands for itself. */
export type SingleSource =
  | HeaderSource
  | {
      /** Somebody bonded the header and nobody showed another one that the arbiter accepts within `window` seconds. */
      readonly kind: 'optimistic'
      readonly at: Address
      readonly window: number
      readonly bond: bigint
      readonly bondToken: Address
      readonly arbiter: HeaderSource
    }
  | {
      /** A gateway brings what the courier on the other chain was told to send (ERC-7786). */
      readonly kind: 'message'
      readonly at: Address
      readonly courier: Address
    }

/** Why one chain believes counters of another: the contract that says so, and what its use takes. */
export type Source =
  | SingleSource
  | {
      /** The `needed`-th largest of what several sources say. */
      readonly kind: 'quorum'
      readonly at: Address
      readonly needed: number
      readonly of: readonly SingleSource[]
    }

/** One vault, its mirror on an engine chain, and what each of the two believes about the other. */
export type VaultDeployment = {
  readonly id: VaultId
  readonly chain: ChainId
  readonly engine: ChainId
  readonly vault: Address
  /** On the engine chain. */
  readonly mirror: Address
  /** On the vault chain: what the vault believes about the mirror. */
  readonly engineSource: Source
  /** On the engine chain: what the mirror believes about the vault. */
  readonly vaultSource: Source
  /** On the vault chain: further sources whose proofs may trip the vault's breaker. */
  readonly engineWitnesses?: readonly Source[] | undefined
  /** On the engine chain: further sources whose proofs may trip the mirror's breaker. */
  readonly vaultWitnesses?: readonly Source[] | undefined
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

/** Where a route's books are kept, each with a breaker of its own: what is credited by the mirror, what is paid by the vault. */
export type RouteSide = 'mirror' | 'vault'

/** Seconds between the first act on a source and the first read, at least. */
export function delayOf(source: Source): number {
  switch (source.kind) {
    case 'attested':
      return source.delay
    case 'optimistic':
      return source.window
    case 'quorum':
      return source.of.map(delayOf).sort((a, b) => a - b)[source.needed - 1] ?? 0
    case 'op-l1-block':
    case 'message':
      return 0
  }
}
