// lienmesh status
import { setTimeout as rest } from 'node:timers/promises'
import { duration } from '../../config/units.ts'
import { EXIT } from '../domain/errors.ts'
import { show } from './agent-status.ts'
import { type Answer, agentFlags, ask } from './ask-agent.ts'
import { command } from './command.ts'

/** Says what a running agent does. */
export const status = command({
  options: agentFlags.extend({ wait: duration.prefault('0s').describe('Wait so long for an agent that is starting.') }),
  examples: ['lienmesh status --config agent.yaml', 'lienmesh status --wait 30s'],
  run: async (options, context) => {
    const until = Date.now() + options.wait
    const asked = (): Promise<Answer> =>
      ask(options, 'status', context).catch(async (error: unknown) => {
        if (Date.now() >= until || context.signal.aborted) throw error
        await rest(LOOK_EVERY, undefined, { signal: context.signal })
        return asked()
      })
    show(await asked(), context)
    return EXIT.ok
  },
})

const LOOK_EVERY = 200
