import type { Address, Hex } from 'viem'
import type { Statement } from '../domain/statement.ts'
import type { ChainId } from '../domain/units.ts'

/** An EIP-1559 transaction without access list. Fees in wei per gas. */
export type UnsignedTransaction = {
  readonly chain: ChainId
  readonly nonce: number
  readonly to: Address
  readonly value: bigint
  readonly data: Hex
  readonly gas: bigint
  readonly maxFee: bigint
  readonly tip: bigint
}

/** The agent's bonded operator key. It signs what it can read, never a digest; keys never leave the adapter. */
export interface Signer {
  readonly address: Address
  /** Why nothing can be signed now; undefined when it can. */
  unable(): string | undefined
  /** The signed bytes of exactly this transaction. */
  signTransaction(transaction: UnsignedTransaction): Promise<Hex>
  /** 65-byte signature (r, s, v) of a statement; low s. */
  signStatement(statement: Statement): Promise<Hex>
  close(): Promise<void>
}
