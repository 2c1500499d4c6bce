// lienmesh strategies ls
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { installed } from '../runtime/box/package.ts'
import { builtInStrategies } from '../runtime/plugins.ts'
import { command } from './command.ts'

/** Lists the names that strategies[].use may hold besides a file: what is built in, and packages with the keyword. */
export const strategiesLs = command({
  options: z.strictObject({}),
  run: async (_, { print, json }) => {
    for (const name of builtInStrategies())
      print(json ? JSON.stringify({ type: 'strategy', name, from: 'built-in' }) : name)
    for (const { name, version } of installed())
      print(json ? JSON.stringify({ type: 'strategy', name, from: 'package', version }) : `${name}  ${version}`)
    return EXIT.ok
  },
})
