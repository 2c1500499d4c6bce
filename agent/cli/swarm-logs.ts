// lienmesh swarm logs [NAME]: what the processes of the newest run wrote.
import { z } from 'zod'
import { command, toggle } from './command.ts'

/** Prints the logs of a run, of one process when named. */
export const swarmLogs = command({
  options: z.strictObject({
    name: z.string().optional().describe('One process, for example house-1 (default: all).'),
    follow: toggle.describe('Go on as lines come, until Ctrl-C.'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  positionals: ['name'],
  examples: ['lienmesh swarm logs house-1 --follow'],
  run: async (options, context) => {
    const { swarmLogs } = await import('../swarm/logs.ts')
    return swarmLogs({ name: options.name, follow: options.follow, runDir: options['run-dir'], signal: context.signal })
  },
})
