// lienmesh config schema: what an editor needs to complete and check a file.
import { z } from 'zod'
import { jsonSchema } from '../../config/reference.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'

/** Prints the JSON Schema of the config file, or of a scenario. */
export const configSchema = command({
  options: z.strictObject({
    of: z.enum(['agent', 'scenario', 'network', 'suite']).default('agent').describe('Which file it describes.'),
  }),
  positionals: ['of'],
  run: async (options, context) => {
    context.print(jsonSchema(options.of))
    return EXIT.ok
  },
})
