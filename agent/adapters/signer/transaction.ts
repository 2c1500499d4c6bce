// A transaction's bytes: what is hashed and signed, and what travels.
import type { Hex } from 'viem'
import * as eip1559 from '../../crypto/eip1559.ts'
import { bytesOf, keccak256, keccakBytes } from '../../crypto/hash.ts'
import type { UnsignedTransaction } from '../../ports/signer.ts'

/** What the key signs. */
export const signingDigest = (transaction: UnsignedTransaction): Hex => keccak256(eip1559.unsignedBytes(transaction))

/** The same, as bytes. */
export const digestBytes = (transaction: UnsignedTransaction): Uint8Array =>
  keccakBytes(bytesOf(eip1559.unsignedBytes(transaction)))

/** The bytes that travel, with a 65-byte signature (r, s, v). */
export function signedBytes(transaction: UnsignedTransaction, signature: Hex): Hex {
  const bytes = bytesOf(signature)
  return eip1559.signedBytes(transaction, { rs: bytes.subarray(0, 64), recovery: (bytes[64] ?? 0) % 27 })
}
