// secp256k1, by libsecp256k1: as a native addon where the package ships one, in WebAssembly elsewhere. Both sign
// deterministically (RFC 6979), with a low s, byte for byte the same.
import { createRequire } from 'node:module'
import type Secp256k1 from 'secp256k1'

/** What an agent needs of the curve. Keys are uncompressed, signatures 64 bytes. */
export type Curve = {
  readonly name: 'native' | 'wasm'
  publicKey(secret: Uint8Array): Uint8Array
  sign(digest: Uint8Array, secret: Uint8Array): Signature
  /** Undefined where r or s is no point of the curve: nobody signed this. */
  recover(signature: Signature, digest: Uint8Array): Uint8Array | undefined
}

export type Signature = { readonly rs: Uint8Array; readonly recovery: number }

/** The addon itself: the package's own fallback is a curve in JavaScript, thirty times slower. */
export function nativeCurve(): Curve | undefined {
  const addon = loadAddon()
  if (addon === undefined) return undefined
  return {
    name: 'native',
    publicKey: (secret) => addon.publicKeyCreate(secret, false),
    sign: (digest, secret) => {
      const { signature, recid } = addon.ecdsaSign(digest, secret)
      return { rs: signature, recovery: recid }
    },
    recover: ({ rs, recovery }, digest) => {
      try {
        return addon.ecdsaRecover(rs, recovery, digest, false)
      } catch {
        return undefined // No point of the curve.
      }
    },
  }
}

function loadAddon(): Addon | undefined {
  try {
    const require = createRequire(import.meta.url)
    // Loads the binary, or throws; the package around it checks what it is given.
    require('secp256k1/bindings')
    return require('secp256k1') as Addon
  } catch {
    return undefined // The package ships no binary for this platform and none was compiled.
  }
}

type Addon = Pick<typeof Secp256k1, 'ecdsaSign' | 'ecdsaRecover' | 'publicKeyCreate'>

/** Loaded only where there is no addon. */
export async function wasmCurve(): Promise<Curve> {
  const { instantiateSecp256k1 } = await import('@bitauth/libauth')
  const library = await instantiateSecp256k1()
  return {
    name: 'wasm',
    publicKey: (secret) => bytes(library.derivePublicKeyUncompressed(secret)),
    sign: (digest, secret) => {
      const signed = library.signMessageHashRecoverableCompact(secret, digest)
      if (typeof signed === 'string') throw new RangeError(signed)
      return { rs: signed.signature, recovery: signed.recoveryId }
    },
    recover: ({ rs, recovery }, digest) => {
      const id = RECOVERIES[recovery]
      const key = id === undefined ? id : library.recoverPublicKeyUncompressed(rs, id, digest)
      return typeof key === 'string' ? undefined : key
    },
  }
}

const RECOVERIES = [0, 1, 2, 3] as const

function bytes(found: Uint8Array | string): Uint8Array {
  if (typeof found === 'string') throw new RangeError(found)
  return found
}

/** The fastest there is here. */
export const curve: Curve = nativeCurve() ?? (await wasmCurve())
