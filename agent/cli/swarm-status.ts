// lienmesh swarm status: which runs there are and what of them is alive.
import { z } from 'zod'
import { command } from './command.ts'

/** Lists the runs of this directory. Exit status 3 when none runs. */
export const swarmStatus = command({
  options: z.strictObject({
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  run: async (options, context) => {
    const { swarmStatus } = await import('../swarm/status.ts')
    return swarmStatus({ runDir: options['run-dir'], json: context.json })
  },
})
