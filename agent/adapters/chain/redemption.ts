// What a redemption is about: whose claims, proven by what, sold for no less than what.
import type { Address } from 'viem'
import type { Claim } from '../../domain/liquidation.ts'
import type { StorageProof } from '../../domain/message.ts'
import type { VaultDeployment } from '../../domain/network.ts'
import type { Wad } from '../../domain/units.ts'
import type { AttestedHeader } from '../../ports/chain.ts'
import type { ChainLink } from './link.ts'

/** Whose claims are redeemed, and where. */
export type Seller = { readonly link: ChainLink; readonly deployment: VaultDeployment; readonly executor: Address }

/** What is to be redeemed. `proof` holds `owed` of each asset at the root's block. */
export type Redemption = {
  readonly claims: readonly Claim[]
  readonly root: AttestedHeader
  readonly proof: StorageProof
  readonly minProceeds: Wad
}
