// lienmesh strategies set NAME key=value: other parameters for a strategy that runs.
import { z } from 'zod'
import { configError, EXIT, type LienmeshError, usageError } from '../domain/errors.ts'
import { agentFlags, askAt } from './ask-agent.ts'
import { command } from './command.ts'

/** In force from the next decision until the agent ends; the config says what the next start has. */
export const strategiesSet = command({
  options: z.strictObject({
    ...agentFlags.shape,
    strategy: z.string().min(1).describe('A seated strategy, by the name that status and settlements show.'),
    change: z.string().regex(/^\w+=/, { error: 'expected key=value, such as minNet=50' }).describe('key=value.'),
  }),
  positionals: ['strategy', 'change'],
  examples: ['lienmesh strategies set gap-aware minNet=50000000000000000000 --config agent.yaml'],
  run: async ({ strategy, change, ...found }, context) => {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(change) ?? []
    const told = answer.parse(await askAt(found, { ask: 'tune', strategy, changes: { [key]: read(value) } }, context))
    if (told.error !== undefined) throw refusal(told.code, told.error, told.fix)
    const text = `${strategy}: ${key} is ${value} from now on; write it into the config to keep it.`
    context.print(context.json ? JSON.stringify({ type: 'tuned', strategy, key, value }) : text)
    return EXIT.ok
  },
})

const answer = z.looseObject({
  error: z.string().optional(),
  code: z.string().default('E_STRATEGY_TUNE'),
  fix: z.string().default('See lienmesh strategies info.'),
})

const refusal = (code: string, message: string, fix: string): LienmeshError =>
  code === 'E_STRATEGY_PARAMS' ? configError(code, message, fix) : usageError(code, message, fix)

/** Numbers and truth values as such; everything else is a text, and the schema reads that too. */
function read(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
}
