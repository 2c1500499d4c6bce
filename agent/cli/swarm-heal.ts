// lienmesh swarm heal: a fault ends before its time.
import { z } from 'zod'
import { command } from './command.ts'
import { order, printFaults, runFlags } from './swarm-order.ts'

/** Ends faults of the newest run that lives: one, a kind, those of one agent, or all. */
export const swarmHeal = command({
  options: z.strictObject({
    which: z.string().default('all').describe('A number of swarm status, a kind such as latency, or whom it is about.'),
    ...runFlags,
  }),
  positionals: ['which'],
  examples: ['lienmesh swarm heal', 'lienmesh swarm heal 3', 'lienmesh swarm heal house-2'],
  run: async ({ which, 'run-dir': runDir }, context) =>
    printFaults(await order(runDir, { verb: 'heal', which }), 'healed', context),
})
