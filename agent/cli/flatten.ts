// lienmesh flatten
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { show } from './agent-status.ts'
import { type Answer, agentFlags, ask } from './ask-agent.ts'
import { command, wholeNumber } from './command.ts'

/** Stops bidding, waits until every claim came home, then ends the agent. */
export const flatten = command({
  options: z.strictObject({
    ...agentFlags.shape,
    timeout: wholeNumber.default(3_600).describe('Seconds to wait for settlements before giving up.'),
  }),
  examples: ['lienmesh flatten --config agent.yaml --timeout 600'],
  run: async (options, context) => {
    let answer = await ask(options, 'pause', context)
    show(answer, context)
    const until = Date.now() + 1_000 * options.timeout
    for (let said = left(answer); left(answer) > 0; said = left(answer)) {
      if (Date.now() >= until || context.signal.aborted) return context.signal.aborted ? EXIT.interrupted : EXIT.timeout
      await wait(LOOK_EVERY, undefined, { signal: context.signal }).catch(() => {}) // Interrupted: said above.
      answer = await ask(options, 'status', context)
      if (left(answer) !== said) show(answer, context)
    }
    show(await ask(options, 'stop', context), context)
    return EXIT.ok
  },
})

const LOOK_EVERY = 500

/** Bids and claims that are not settled. */
const left = ({ reserved, claims }: Answer): number => reserved + claims
