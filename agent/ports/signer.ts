import type { Address, Hex } from 'viem'

/** The agent's bonded operator key. Keys never leave the adapter. */
export interface Signer {
  readonly address: Address
  /** 65-byte signature (r, s, v) over a 32-byte digest; low s. */
  sign(digest: Hex): Promise<Hex>
}
