// Who signed what, by libsecp256k1. One signature has one accepted form: low s, v of 27 or 28.
import { type Address, getAddress, type Hex, hexToBytes } from 'viem'
import { type Curve, curve, type Signature } from '../../crypto/curve.ts'
import { bytesOf, keccak256 } from '../../crypto/hash.ts'

export type SignatureFault = 'malformed-signature' | 'high-s' | 'bad-signature'

/** Public keys learned from valid signatures, by address: the second check of a signer needs no keccak. */
export type Keyring = {
  /** Undefined when `signer` signed `digest`; otherwise why not. */
  readonly check: (signer: Address, digest: Hex, signature: Hex) => SignatureFault | undefined
}

/**
 * Recovery (66 us) instead of verification (60 us) on purpose: it commits to `v`, without which a relay could flip that
 * byte and spread a message that every node accepts and the chain refuses.
 */
export function createKeyring(capacity = 1_024, { recover }: Pick<Curve, 'recover'> = curve): Keyring {
  const keys = new Map<Address, Uint8Array>()
  return {
    check(signer, digest, signature) {
      const parts = split(signature)
      if (typeof parts === 'string') return parts
      const key = recover(parts, bytesOf(digest))
      if (key === undefined) return 'bad-signature'
      const known = keys.get(signer)
      if (known !== undefined) return Buffer.compare(known, key) === 0 ? undefined : 'bad-signature'
      if (addressOf(key) !== signer) return 'bad-signature'
      if (keys.size >= capacity) keys.clear()
      keys.set(signer, key)
      return undefined
    },
  }
}

/** Whether signatures are checked by native code here; in WebAssembly it takes three times as long. */
export const nativeSignatures = (): boolean => curve.name === 'native'

function split(signature: Hex): Signature | SignatureFault {
  const bytes = hexToBytes(signature)
  const recovery = (bytes[64] ?? 0) - 27
  if (bytes.length !== 65 || (recovery !== 0 && recovery !== 1)) return 'malformed-signature'
  if (Buffer.compare(bytes.subarray(32, 64), HALF_ORDER) > 0) return 'high-s'
  return { rs: bytes.subarray(0, 64), recovery }
}

const addressOf = (key: Uint8Array): Address => getAddress(`0x${keccak256(key.subarray(1)).slice(-40)}`)

/** Half the order of secp256k1 (SEC 2, section 2.4.1). */
const HALF_ORDER = hexToBytes('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')
