// The operator's key in this process. It never leaves this file.
import { createRequire } from 'node:module'
import type Secp256k1 from 'secp256k1'
import type { Address, Hex } from 'viem'
import { privateKeyToAddress, publicKeyToAddress, sign as signWithViem } from 'viem/accounts'
import { bytesToHex, concatHex, hexToBytes } from 'viem/utils'
import type { Signer } from '../../ports/signer.ts'
import { signedBytes, signingDigest } from './transaction.ts'
import { digestOf } from './typed-data.ts'

/** A signer from a raw 32-byte key, for devnets and tests. */
export function signerOf(key: Hex): Signer {
  const secret = hexToBytes(key)
  const native = nativeLibrary()
  const address: Address = native ? addressOf(native, secret) : privateKeyToAddress(key)
  const sign = async (digest: Hex) => (native ? signNative(native, digest, secret) : signSlow(digest, key))
  return {
    address,
    unable: () => undefined,
    signTransaction: async (transaction) => signedBytes(transaction, await sign(signingDigest(transaction))),
    signStatement: (statement) => sign(digestOf(statement)),
    close: async () => undefined,
  }
}

type Native = Pick<typeof Secp256k1, 'ecdsaSign' | 'publicKeyCreate'>

const addressOf = (native: Native, secret: Uint8Array): Address =>
  publicKeyToAddress(bytesToHex(native.publicKeyCreate(secret, false)))

/** The addon itself: the package's own fallback is a pure JavaScript curve that viem's replaces. */
function nativeLibrary(): Native | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings') as Native
  } catch {
    // No prebuilt addon for this platform: viem signs the same bytes, only slower.
    return undefined
  }
}

/** libsecp256k1 signs deterministically (RFC 6979) and always with a low s. */
function signNative(native: Native, digest: Hex, secret: Uint8Array): Hex {
  const { signature, recid } = native.ecdsaSign(hexToBytes(digest), secret)
  return concatHex([bytesToHex(signature), recid === 0 ? '0x1b' : '0x1c'])
}

const signSlow = (digest: Hex, key: Hex): Promise<Hex> => signWithViem({ hash: digest, privateKey: key, to: 'hex' })
