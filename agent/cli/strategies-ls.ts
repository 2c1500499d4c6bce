// lienmesh strategies ls
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { builtInStrategies } from '../runtime/plugins.ts'
import { command } from './command.ts'

/** Lists the names that strategies[].use may hold besides a file. */
export const strategiesLs = command({
  options: z.strictObject({}),
  run: async (_, context) => {
    for (const name of builtInStrategies())
      context.print(context.json ? JSON.stringify({ type: 'strategy', name }) : name)
    return EXIT.ok
  },
})
