// A transaction's bytes: what is hashed and signed, and what travels.
import type { Hex } from 'viem'
import { hexToBigInt, keccak256, serializeTransaction, slice } from 'viem/utils'
import type { UnsignedTransaction } from '../../ports/signer.ts'

/** What the key signs. */
export const signingDigest = (transaction: UnsignedTransaction): Hex =>
  keccak256(serializeTransaction(fieldsOf(transaction)))

/** The bytes that travel, with a 65-byte signature (r, s, v). */
export const signedBytes = (transaction: UnsignedTransaction, signature: Hex): Hex =>
  serializeTransaction(fieldsOf(transaction), {
    r: slice(signature, 0, 32),
    s: slice(signature, 32, 64),
    yParity: Number(hexToBigInt(slice(signature, 64, 65))) % 27,
  })

const fieldsOf = ({ chain, nonce, to, value, data, gas, maxFee, tip }: UnsignedTransaction) =>
  ({
    type: 'eip1559',
    chainId: chain,
    ...{ nonce, to, value, data, gas },
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip,
  }) as const
