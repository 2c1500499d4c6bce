// lienmesh keys new
import { generatePrivateKey } from 'viem/accounts'
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { costFlag, keyFlags, passwordFlag, store } from './keystores.ts'

/** Makes a key and seals it under a password. The key itself is never printed. */
export const keysNew = command({
  options: z.strictObject({ ...keyFlags, ...passwordFlag, ...costFlag }),
  positionals: ['name'],
  examples: ['lienmesh keys new operator', 'lienmesh keys new operator --password operator.password'],
  run: async (options, { json, print }) => {
    const { file, address } = await store(generatePrivateKey(), options)
    print(json ? JSON.stringify({ type: 'key', name: options.name, address, file }) : `✔ ${address}  ${file}`)
    return EXIT.ok
  },
})
