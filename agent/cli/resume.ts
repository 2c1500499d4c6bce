// lienmesh resume
import { EXIT } from '../domain/errors.ts'
import { show } from './agent-status.ts'
import { agentFlags, ask } from './ask-agent.ts'
import { command } from './command.ts'

/** Clears a pause, or a protection that tripped. */
export const resume = command({
  options: agentFlags,
  examples: ['lienmesh resume --config agent.yaml'],
  run: async (options, context) => {
    show(await ask(options, 'resume', context), context)
    return EXIT.ok
  },
})
