// lienmesh swarm inject: something goes wrong in a run, on purpose.
import { z } from 'zod'
import { FAULTS, readFault } from '../../config/faults.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { command, toggle } from './command.ts'
import { json } from './format.ts'
import { order, printFaults, runFlags } from './swarm-order.ts'

/** Injects one fault into the newest run that lives. */
export const swarmInject = command({
  options: z.strictObject({
    fault: z.string().optional().describe('Name, main value, then fields: on, to, at, for and its own.'),
    list: toggle.describe('Say which faults there are and what they take.'),
    ...runFlags,
  }),
  positionals: ['fault'],
  rest: true,
  examples: [
    'lienmesh swarm inject latency 200ms jitter 50ms on house-2 for 30s',
    'lienmesh swarm inject partition house-1 from house-2,publishers for 10s',
    'lienmesh swarm inject rpc_limit 90% on house chain engine',
    'lienmesh swarm inject oracle_lie +50% on ETH by publisher-1',
  ],
  run: async ({ fault: line, list, 'run-dir': runDir }, context) => {
    if (list) {
      for (const [kind, { about, fields }] of FAULTS)
        context.print(
          context.json
            ? json({ type: 'fault', kind, about, fields })
            : `${kind.padEnd(16)} ${about} (${fields.join(', ')})`,
        )
      return EXIT.ok
    }
    const read = readFault(line ?? '')
    if (Array.isArray(read)) throw usageError('E_FAULT', read.join('\n  '), 'See lienmesh swarm inject --list.')
    return printFaults(await order(runDir, { verb: 'inject', line }), 'injected', context)
  },
})
