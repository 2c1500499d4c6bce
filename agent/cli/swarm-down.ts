// lienmesh swarm down: ends what still runs.
import { z } from 'zod'
import { command } from './command.ts'

/** Stops every process of every run of this directory. Exit status 3 when none ran. */
export const swarmDown = command({
  options: z.strictObject({
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  run: async (options, context) => {
    const { swarmDown } = await import('../swarm/down.ts')
    return swarmDown({ runDir: options['run-dir'], json: context.json })
  },
})
