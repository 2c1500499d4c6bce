// lienmesh status
import { EXIT } from '../domain/errors.ts'
import { show } from './agent-status.ts'
import { agentFlags, ask } from './ask-agent.ts'
import { command } from './command.ts'

/** Says what a running agent does. */
export const status = command({
  options: agentFlags,
  examples: ['lienmesh status --config agent.yaml'],
  run: async (options, context) => {
    show(await ask(options, 'status', context), context)
    return EXIT.ok
  },
})
