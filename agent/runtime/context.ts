// What the rooms of the runtime share: the agent's adapters, its one queue and its one voice.
import type { Address } from 'viem'
import type { Input } from '../core/core.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import type { ChainId, VaultId, Wad } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gossip } from '../ports/gossip.ts'
import type { Journal } from '../ports/journal.ts'
import type { Signer } from '../ports/signer.ts'
import type { Emit } from './events.ts'
import type { Roots } from './roots.ts'
import type { Tasks } from './tasks.ts'

/** An engine chain with its deployment and our executor on it. */
export type EngineSeat = {
  readonly chain: EngineChain
  readonly deployment: EngineDeployment
  /** Our executor there: the bidder's (or provider's) margin account. */
  readonly executor: Address
}

/** A vault with its deployment and our executor on its chain. */
export type VaultSeat = {
  readonly chain: VaultChain
  readonly deployment: VaultDeployment
  /** Our executor there: the beneficiary of our claims. */
  readonly executor: Address
}

export type Context = {
  readonly name: string
  /** Nothing is sent: fills and sales are simulated. */
  readonly paper: boolean
  readonly network: Network
  /** Operators of our fleet besides ourselves. */
  readonly fleet: readonly Address[]
  readonly clock: Clock
  readonly signer: Signer
  readonly journal: Journal
  readonly gossip: Gossip
  readonly engines: ReadonlyMap<ChainId, EngineSeat>
  readonly vaults: ReadonlyMap<VaultId, VaultSeat>
  readonly roots: Roots
  readonly tasks: Tasks
  readonly emit: Emit
  readonly signal: AbortSignal
  /** Inputs waiting for the core. */
  readonly inputs: () => number
  /** Tells the core; stamped with the clock. */
  readonly tell: (input: Untimed<Input>) => void
  /** Full value of an amount of collateral at the newest quorum prices; undefined without a fresh price. */
  readonly valueOf: (engine: ChainId, collateral: number, amount: bigint) => Wad | undefined
}

/** An input before the clock stamped it. */
export type Untimed<T> = T extends { readonly at: unknown } ? Omit<T, 'at'> : never
