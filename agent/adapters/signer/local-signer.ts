// The operator's key in this process. It never leaves this file.
import type { Address, Hex } from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import { bytesToHex } from 'viem/utils'
import { type Curve, curve } from '../../crypto/curve.ts'
import { signedBytes } from '../../crypto/eip1559.ts'
import { bytesOf } from '../../crypto/hash.ts'
import type { Signer } from '../../ports/signer.ts'
import { digestBytes } from './transaction.ts'
import { digestOf } from './typed-data.ts'

/** A signer from a raw 32-byte key, for devnets and tests. */
export function signerOf(key: Hex, { publicKey, sign }: Curve = curve): Signer {
  const secret = bytesOf(key)
  const address: Address = publicKeyToAddress(bytesToHex(publicKey(secret)))
  return {
    address,
    unable: () => undefined,
    signTransaction: async (transaction) => signedBytes(transaction, sign(digestBytes(transaction), secret)),
    signStatement: async (statement) => {
      const { rs, recovery } = sign(bytesOf(digestOf(statement)), secret)
      return `${bytesToHex(rs)}${recovery === 0 ? '1b' : '1c'}`
    },
    close: async () => undefined,
  }
}
