// Whose key it is, without opening it: a keystore states its address, a signer says it first.
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Address, getAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { configError } from '../../domain/errors.ts'
import type { KeySource } from '../../domain/key-source.ts'
import { readKey } from './key-file.ts'
import { readKeystore } from './keystore.ts'
import { openLineSigner } from './line-signer.ts'
import { readPrivate } from './private-file.ts'

/** The address of a key, wherever it is; no password is asked for. */
export async function addressOf(source: KeySource): Promise<Address> {
  if (source.kind === 'watch' || source.kind === 'remote') return source.address
  if (source.kind !== 'socket') return addressIn(source.file)
  const { path } = source
  const signer = await openLineSigner({ open: () => connected(path), ...namedAt(path), alarm: () => undefined })
  await signer.close()
  return signer.address
}

/** How a signer behind a socket is called, and that it may be called again. */
export const namedAt = (path: string) => ({ name: `signer at ${path}`, reopens: true })

/** A line to whoever listens at a socket. */
export async function connected(path: string) {
  const line = connect(path)
  await once(line, 'connect')
  return line
}

/** The address of a key file. E_KEY_FORMAT for a keystore that does not state it. */
async function addressIn(path: string): Promise<Address> {
  const text = await readPrivate({ path, what: 'key file' })
  const keystore = readKeystore(text)
  if (keystore === undefined) return privateKeyToAddress(readKey(text, `The key file ${path}`))
  if (keystore.address !== undefined) return getAddress(keystore.address)
  throw configError('E_KEY_FORMAT', `The keystore ${path} does not state its address.`, 'Import the key again.')
}
