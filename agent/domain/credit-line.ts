import type { Address, Hash, Hex } from 'viem'
import type { AccountId, Bps, CollateralId, Wad } from './units.ts'

/** What a user and a provider agree on, as `ICreditLines.Line`. Times in seconds of the engine chain. */
export type Line = {
  readonly user: Address
  /** The engine account that gets the principal. */
  readonly account: AccountId
  /** The user's address on the vault chain, and the provider's. */
  readonly refund: Address
  readonly provider: Address
  readonly beneficiary: Address
  readonly collateral: CollateralId
  /** In the asset's own units. */
  readonly amount: bigint
  readonly principal: Wad
  readonly fee: Wad
  readonly penalty: Bps
  readonly maxLtv: Bps
  readonly openBy: number
  readonly expiry: number
  readonly nonce: bigint
}

/** What became of credit lines in a range of blocks. `id` is the account the collateral is deposited for. */
export type LineEvent =
  | { readonly kind: 'requested'; readonly id: AccountId; readonly line: Line; readonly signature: Hex }
  | { readonly kind: 'opened' | 'repaid' | 'enforced'; readonly id: AccountId; readonly provider: Address }
  | { readonly kind: 'settled'; readonly id: AccountId; readonly toProvider: bigint; readonly tx: Hash }

/** What is due when a line ends. */
export const dueOf = ({ principal, fee }: Pick<Line, 'principal' | 'fee'>): bigint => principal + fee

/** Whether what is due is above the agreed part of a value: as the contract judges it. */
export const isBreached = (line: Pick<Line, 'principal' | 'fee' | 'maxLtv'>, value: bigint): boolean =>
  dueOf(line) * 10_000n > value * BigInt(line.maxLtv)
