// lienmesh keys passwd
import { z } from 'zod'
import { keyInFile } from '../adapters/signer/key-file.ts'
import { passwordFrom } from '../adapters/signer/password.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { costFlag, keyFlags, keystoreFile, passwordFlag, replace } from './keystores.ts'

/** Seals a key under another password. */
export const keysPasswd = command({
  options: z.strictObject({
    ...keyFlags,
    ...passwordFlag,
    ...costFlag,
    new: z.string().min(1).optional().describe('File with the new password. Asked for on a terminal otherwise.'),
  }),
  positionals: ['name'],
  examples: ['lienmesh keys passwd operator --password old.password --new new.password'],
  run: async (options, { json, print }) => {
    const file = keystoreFile(options.dir, options.name)
    const key = await keyInFile(file, passwordFrom(options.password, process.env))
    await replace(file, key, options.new, options.light)
    print(json ? JSON.stringify({ type: 'key', name: options.name, file }) : `✔ ${file} has a new password`)
    return EXIT.ok
  },
})
