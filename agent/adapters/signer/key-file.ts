// A key file: a keystore under a password, or a bare key for devnets.
import type { Hex } from 'viem'
import { isHex } from 'viem/utils'
import { configError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'
import { readKeystore, unsealKey } from './keystore.ts'
import { signerOf } from './local-signer.ts'
import { readPrivate } from './private-file.ts'

/** Where a password comes from; asked only when a key needs one. */
export type Password = () => Promise<string>

/** A signer from a key file: E_KEY_FILE, E_KEY_PERMS, E_KEY_FORMAT or E_KEY_PASSWORD when it does not give one. */
export const openKeyFile = async (path: string, password: Password): Promise<Signer> =>
  signerOf(await keyInFile(path, password))

/** The key itself, for commands that move it from one file to another. */
export async function keyInFile(path: string, password: Password): Promise<Hex> {
  const text = await readPrivate({ path, what: 'key file' })
  const keystore = readKeystore(text)
  if (keystore === undefined) return readKey(text, `The key file ${path}`)
  const key = await unsealKey(keystore, await password())
  if (key !== undefined) return readKey(key, `The key file ${path}`)
  throw configError(
    'E_KEY_PASSWORD',
    `The password does not open ${path}.`,
    'Give the password this key was made with.',
  )
}

/** A bare key, with or without its prefix. Its text never reaches a message. */
export function readKey(text: string, where: string): Hex {
  const bare = text.trim()
  const key = bare.startsWith('0x') ? bare : `0x${bare}`
  if (isHex(key) && /^0x[0-9a-f]{64}$/i.test(key) && BigInt(key) > 0n && BigInt(key) < ORDER) return key
  throw configError(
    'E_KEY_FORMAT',
    `${where} holds no private key.`,
    'Expected a keystore of version 3, or 64 hexadecimal digits.',
  )
}

/** Order of the curve (SEC 2, secp256k1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
