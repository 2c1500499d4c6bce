// What a redemption is about: whose claims, proven by what, sold for no less than what.
import type { Address } from 'viem'
import type { Claim } from '../../domain/liquidation.ts'
import type { VaultDeployment } from '../../domain/network.ts'
import type { Basis, Floor } from '../../ports/chain.ts'
import type { ChainLink } from './link.ts'
import type { Ground, Witness } from './sources/testimony.ts'

/** Whose claims are redeemed, where, and what the vault believes. */
export type Seller = {
  readonly link: ChainLink
  readonly deployment: VaultDeployment
  readonly executor: Address
  readonly ground: Ground
  readonly witness: Witness
}

/** What is to be redeemed, and where it is proven. */
export type Redemption = { readonly claims: readonly Claim[]; readonly basis: Basis; readonly floor: Floor }
