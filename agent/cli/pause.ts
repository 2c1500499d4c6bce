// lienmesh pause
import { EXIT } from '../domain/errors.ts'
import { show } from './agent-status.ts'
import { agentFlags, ask } from './ask-agent.ts'
import { command } from './command.ts'

/** Stops bidding at once and over restarts; what is under way still settles. */
export const pause = command({
  options: agentFlags,
  examples: ['lienmesh pause --config agent.yaml'],
  run: async (options, context) => {
    show(await ask(options, 'pause', context), context)
    return EXIT.ok
  },
})
