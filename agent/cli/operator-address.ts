// The operator's address, which needs no password: keystores state it.
import { type Address, getAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { readKey } from '../adapters/signer/key-file.ts'
import { readKeystore } from '../adapters/signer/keystore.ts'
import { readPrivate } from '../adapters/signer/private-file.ts'
import { configError } from '../domain/errors.ts'

/** The address of a key file. E_KEY_FORMAT for a keystore that does not state it. */
export async function addressIn(path: string): Promise<Address> {
  const text = await readPrivate({ path, what: 'key file' })
  const keystore = readKeystore(text)
  if (keystore === undefined) return privateKeyToAddress(readKey(text, `The key file ${path}`))
  if (keystore.address !== undefined) return getAddress(keystore.address)
  throw configError('E_KEY_FORMAT', `The keystore ${path} does not state its address.`, 'Import the key again.')
}
