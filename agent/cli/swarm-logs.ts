// lienmesh swarm logs [NAME]: what the processes of the newest run wrote.
import { z } from 'zod'
import { duration } from '../../config/units.ts'
import { command, toggle } from './command.ts'

/** Prints the logs of a run, of one process when named. */
export const swarmLogs = command({
  options: z.strictObject({
    name: z.string().optional().describe('One process, for example house-1 (default: all).'),
    grep: z.string().min(1).optional().describe('Only lines that hold this text.'),
    level: z.enum(['error', 'warn', 'info', 'debug', 'trace']).optional().describe('Only events as loud, or louder.'),
    event: z.string().min(1).optional().describe('Only events of this name or module, such as bid or claim:stuck.'),
    since: duration.optional().describe('Only events of the last so much time, such as 30s.'),
    follow: toggle.describe('Go on as lines come, until Ctrl-C.'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  positionals: ['name'],
  examples: [
    'lienmesh swarm logs house-1 --follow',
    'lienmesh swarm logs --event bid --since 1m',
    'lienmesh swarm logs swarm',
  ],
  run: async (options, context) => {
    const { swarmLogs } = await import('../swarm/logs.ts')
    const { name, follow, grep, level, event, since, 'run-dir': runDir } = options
    const filter = { grep, level, event, since: since === undefined ? undefined : Date.now() - since }
    return swarmLogs({ name, follow, filter, runDir, signal: context.signal })
  },
})
