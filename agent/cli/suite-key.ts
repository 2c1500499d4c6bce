// The deployer's key, from where the chains file says. It is never a flag and never printed.
import type { Hex } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import { keyInFile, readKey } from '../adapters/signer/key-file.ts'
import { passwordFrom } from '../adapters/signer/password.ts'
import { configError } from '../domain/errors.ts'

/** The key of a chain's deployer: E_KEY_FORMAT or E_KEY_FILE when there is none. */
export async function suiteKey({ name, key }: SuiteFile['chains'][number], passwordFile?: string): Promise<Hex> {
  if ('file' in key) return keyInFile(key.file, passwordFrom(passwordFile, process.env))
  const text = process.env[key.env]
  if (text !== undefined) return readKey(text, `The variable ${key.env}`)
  throw configError(
    'E_KEY_FORMAT',
    `The variable ${key.env}, the key of chain ${name}, is not set.`,
    `Set ${key.env} for this one command, or name a key file.`,
  )
}
