// Web3 Secret Storage, version 3: a private key under a password, in the file format of geth, cast and every wallet.
// https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Hex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { bytesToHex, hexToBytes, isHex, keccak256 } from 'viem/utils'

/** How hard a password is to guess: scrypt's cost, a power of two. `light` is for tests and throw-away keys. */
export const COST = { standard: 131_072, light: 4_096 } as const

/** The text of a keystore that holds `key` under `password`. */
export async function sealKey(key: Hex, password: string, cost: number = COST.standard): Promise<string> {
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const derived = await scryptKey(password, salt, { n: cost, r: 8, p: 1 })
  const cipher = createCipheriv(CIPHER, derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(key)), cipher.final()])
  const keystore = {
    version: 3,
    id: randomUUID(),
    address: privateKeyToAddress(key).slice(2).toLowerCase(),
    crypto: {
      cipher: CIPHER,
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: cost, r: 8, p: 1, salt: salt.toString('hex') },
      mac: macOf(derived, ciphertext).toString('hex'),
    },
  }
  return `${JSON.stringify(keystore, undefined, 2)}\n`
}

/** What stands in a keystore, once its shape is known. */
export type Keystore = {
  readonly address: string | undefined
  readonly iv: Buffer
  readonly ciphertext: Buffer
  readonly mac: Buffer
  readonly derive: (password: string) => Promise<Buffer>
}

/** The keystore in a text; undefined when it is no keystore of version 3 that we can open. */
export function readKeystore(text: string): Keystore | undefined {
  const whole = fields(parsed(text))
  const crypto = fields(whole['crypto'] ?? whole['Crypto'])
  const iv = bytes(fields(crypto['cipherparams'])['iv'], 16)
  const [ciphertext, mac] = [bytes(crypto['ciphertext'], 32), bytes(crypto['mac'], 32)]
  const derive = derivation(crypto['kdf'], fields(crypto['kdfparams']))
  if (whole['version'] !== 3 || crypto['cipher'] !== CIPHER) return undefined
  if (iv === undefined || ciphertext === undefined || mac === undefined || derive === undefined) return undefined
  const address = bytes(whole['address'], 20)
  return { address: address && bytesToHex(address), iv, ciphertext, mac, derive }
}

/** The key; undefined when the password is wrong or the file was changed. */
export async function unsealKey(keystore: Keystore, password: string): Promise<Hex | undefined> {
  const derived = await keystore.derive(password)
  if (!timingSafeEqual(macOf(derived, keystore.ciphertext), keystore.mac)) return undefined
  const decipher = createDecipheriv(CIPHER, derived.subarray(0, 16), keystore.iv)
  return bytesToHex(Buffer.concat([decipher.update(keystore.ciphertext), decipher.final()]))
}

const CIPHER = 'aes-128-ctr'

/** keccak256(second half of the derived key, ciphertext). */
const macOf = (derived: Buffer, ciphertext: Buffer): Buffer =>
  Buffer.from(hexToBytes(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext]))))

type Scrypt = { readonly n: number; readonly r: number; readonly p: number }

const scryptKey = (password: string, salt: Buffer, { n, r, p }: Scrypt): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * r * (n + p + 2) }
    scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** Costs beyond these are somebody's wish to keep us busy. */
const MOST = { n: 2 ** 20, r: 32, p: 16, c: 10_000_000 }

/** The two derivations of the standard; undefined for any other. */
function derivation(kdf: unknown, params: Fields): Keystore['derive'] | undefined {
  const salt = bytes(params['salt'], undefined)
  if (salt === undefined || params['dklen'] !== 32) return undefined
  if (kdf === 'scrypt') {
    const [n, r, p] = [whole(params['n'], MOST.n), whole(params['r'], MOST.r), whole(params['p'], MOST.p)]
    if (n === undefined || r === undefined || p === undefined || n < 2 || !Number.isInteger(Math.log2(n)))
      return undefined
    // The bound of RFC 7914, section 2, that OpenSSL keeps to: with r = 1 a cost of 65,536 is beyond it.
    if (Math.log2(n) >= 16 * r) return undefined
    return (password) => scryptKey(password, salt, { n, r, p })
  }
  const rounds = whole(params['c'], MOST.c)
  if (kdf !== 'pbkdf2' || params['prf'] !== 'hmac-sha256' || rounds === undefined) return undefined
  return (password) => promisify(pbkdf2)(password.normalize('NFKC'), salt, rounds, 32, 'sha256')
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, hence no keystore: the caller says what was expected.
    return undefined
  }
}

const whole = (value: unknown, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most ? value : undefined

function bytes(value: unknown, length: number | undefined): Buffer | undefined {
  if (typeof value !== 'string') return undefined
  const hex = value.startsWith('0x') ? value : `0x${value}`
  if (!isHex(hex) || hex.length % 2 !== 0 || (length !== undefined && hex.length !== 2 + 2 * length)) return undefined
  return Buffer.from(hexToBytes(hex))
}
