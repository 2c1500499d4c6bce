// The directory of keystores, and the flags that every command about keys has.
import { readdirSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Hex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { name } from '../../config/fields.ts'
import { COST, sealKey } from '../adapters/signer/keystore.ts'
import { newPassword, passwordFrom } from '../adapters/signer/password.ts'
import { writePrivate } from '../adapters/signer/private-file.ts'
import { toggle } from './command.ts'

/** Which key, where, and under which password. */
export const keyFlags = {
  name: name.describe('Name of the key: the file is NAME.json.'),
  dir: z.string().min(1).default('keystore').describe('Directory of keystores.'),
}

/** Where passwords come from. */
export const passwordFlag = {
  password: z
    .string()
    .min(1)
    .optional()
    .describe('File with the password (mode 0600), or - for standard input. Asked for on a terminal otherwise.'),
}

/** How dear a guess of the password is. */
export const costFlag = { light: toggle.describe('A cheap password hash, for throw-away keys on small machines.') }

/** The file of a key. */
export const keystoreFile = (dir: string, key: string): string => join(dir, `${key}.json`)

/** Names of all keystores in a directory, in order; none when there is no such directory. */
export function keystoreNames(dir: string): readonly string[] {
  try {
    const files = readdirSync(dir).filter((file) => file.endsWith('.json'))
    return files.map((file) => basename(file, '.json')).sort()
  } catch {
    // No directory yet: no keys yet.
    return []
  }
}

type Sealing = { readonly dir: string; readonly name: string; readonly password?: string | undefined; light: boolean }

/** Seals a key under a new password into its file; answers its address. */
export async function store(key: Hex, { dir, name: known, password, light }: Sealing) {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const file = keystoreFile(dir, known)
  await writePrivate(file, await sealedText(key, password, light))
  return { file, address: privateKeyToAddress(key) }
}

/** Replaces a keystore in one step: a crash leaves the old one or the new one. */
export async function replace(file: string, key: Hex, password: string | undefined, light: boolean): Promise<void> {
  const fresh = `${file}.new`
  await writePrivate(fresh, await sealedText(key, password, light))
  await rename(fresh, file)
}

async function sealedText(key: Hex, password: string | undefined, light: boolean): Promise<string> {
  const ask = passwordFrom(password, process.env)
  const chosen = await newPassword(ask, password === undefined && process.stdin.isTTY)
  return sealKey(key, chosen, light ? COST.light : COST.standard)
}
