// lienmesh keys export
import { z } from 'zod'
import { keyInFile } from '../adapters/signer/key-file.ts'
import { passwordFrom } from '../adapters/signer/password.ts'
import { writePrivate } from '../adapters/signer/private-file.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { keyFlags, keystoreFile, passwordFlag } from './keystores.ts'

/** Writes a bare key into a file that only its owner can read. It is never printed. */
export const keysExport = command({
  options: z.strictObject({
    ...keyFlags,
    ...passwordFlag,
    out: z.string().min(1).describe('File to write; it must not exist.'),
  }),
  positionals: ['name'],
  examples: ['lienmesh keys export operator --out operator.key'],
  run: async ({ name, dir, password, out }, { json, print }) => {
    const key = await keyInFile(keystoreFile(dir, name), passwordFrom(password, process.env))
    await writePrivate(out, `${key}\n`)
    print(json ? JSON.stringify({ type: 'exported', name, file: out }) : `✔ ${out} holds the bare key; keep it safe`)
    return EXIT.ok
  },
})
