// lienmesh keys list
import { z } from 'zod'
import { readKeystore } from '../adapters/signer/keystore.ts'
import { readPrivate } from '../adapters/signer/private-file.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { command } from './command.ts'
import { keyFlags, keystoreFile, keystoreNames } from './keystores.ts'

/** Lists keystores with their addresses; no password is asked for. */
export const keysList = command({
  options: z.strictObject({ dir: keyFlags.dir }),
  run: async ({ dir }, { json, print }) => {
    const rows = await Promise.all(keystoreNames(dir).map((name) => rowOf(dir, name)))
    if (rows.length === 0 && !json) print(`no keys in ${dir}; make one with: lienmesh keys new NAME`)
    for (const row of rows) print(json ? JSON.stringify({ type: 'key', ...row }) : inWords(row))
    return EXIT.ok
  },
})

type Row = { readonly name: string; readonly address: string | undefined; readonly trouble: string | undefined }

async function rowOf(dir: string, name: string): Promise<Row> {
  const path = keystoreFile(dir, name)
  try {
    const keystore = readKeystore(await readPrivate({ path, what: 'key file' }))
    return { name, address: keystore?.address, trouble: keystore ? undefined : 'no keystore of version 3' }
  } catch (error) {
    if (error instanceof LienmeshError) return { name, address: undefined, trouble: error.message }
    throw error
  }
}

const inWords = ({ name, address, trouble }: Row): string =>
  trouble === undefined ? `${address ?? '(address not stated)'}  ${name}` : `✖ ${name}: ${trouble}`
