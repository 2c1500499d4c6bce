// lienmesh keys import
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { keyInFile, readKey } from '../adapters/signer/key-file.ts'
import { passwordFrom } from '../adapters/signer/password.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { command } from './command.ts'
import { costFlag, keyFlags, passwordFlag, store } from './keystores.ts'

/** Seals an existing key. It comes from a file or standard input, never from the command line. */
export const keysImport = command({
  options: z.strictObject({
    ...keyFlags,
    ...passwordFlag,
    ...costFlag,
    from: z.string().min(1).default('-').describe('File with the key (bare or a keystore), or - for standard input.'),
    'from-password': z.string().min(1).optional().describe('File with the password of that keystore.'),
  }),
  positionals: ['name'],
  examples: ['lienmesh keys import operator --from old.key --password operator.password'],
  run: async (options, { json, print }) => {
    const { from, password } = options
    if (from === '-' && password === '-')
      throw usageError('E_USAGE', 'both --from and --password are standard input', 'Put one of them into a file.')
    const given = passwordFrom(options['from-password'], process.env)
    const key = from === '-' ? readKey(await text(process.stdin), 'Standard input') : await keyInFile(from, given)
    const { file, address } = await store(key, options)
    print(json ? JSON.stringify({ type: 'key', name: options.name, address, file }) : `✔ ${address}  ${file}`)
    return EXIT.ok
  },
})
