// The operator's key in this process. It never leaves this file.
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type Secp256k1 from 'secp256k1'
import { type Address, bytesToHex, concatHex, type Hex, hexToBytes, isHex } from 'viem'
import { privateKeyToAddress, sign as signWithViem } from 'viem/accounts'
import { configError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'

/** A signer from a key file of mode 0600: E_KEY_FILE, E_KEY_PERMS or E_KEY_FORMAT when it is not one. */
export async function openKeyFile(path: string): Promise<Signer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw configError('E_KEY_FILE', `The key file ${path} cannot be read.`, 'Correct the path or its owner.', error)
  })
  try {
    const mode = (await file.stat()).mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw tooOpen(path, mode)
    return signerOf(keyIn((await file.readFile('utf8')).trim(), path))
  } finally {
    await file.close()
  }
}

/** A signer from a raw 32-byte key, for devnets and tests. */
export function signerOf(key: Hex): Signer {
  const address: Address = privateKeyToAddress(key)
  const secret = hexToBytes(key)
  const native = nativeLibrary()
  return {
    address,
    sign: (digest) => (native ? Promise.resolve(signNative(native, digest, secret)) : signSlow(digest, key)),
  }
}

const tooOpen = (path: string, mode: number) =>
  configError('E_KEY_PERMS', `The key file ${path} has mode 0${mode.toString(8)}, expected 0600.`, `chmod 600 ${path}`)

function keyIn(text: string, path: string): Hex {
  const key = text.startsWith('0x') ? text : `0x${text}`
  if (isHex(key) && /^0x[0-9a-f]{64}$/i.test(key) && BigInt(key) > 0n && BigInt(key) < ORDER) return key
  throw configError(
    'E_KEY_FORMAT',
    `The key file ${path} holds no private key.`,
    'Write 64 hexadecimal digits into it.',
  )
}

/** Order of the curve (SEC 2, secp256k1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

type Native = Pick<typeof Secp256k1, 'ecdsaSign'>

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
