// lienmesh swarm dump: one file for a bug report.
import { z } from 'zod'
import { command } from './command.ts'
import { runFlags } from './swarm-order.ts'

/** Packs the newest run, alive or not: logs, books, configs, report. Keys, passwords and tokens stay here. */
export const swarmDump = command({
  options: z.strictObject({
    out: z.string().min(1).optional().describe('The file to write (default: lienmesh-RUN.tar.gz, here).'),
    ...runFlags,
  }),
  examples: ['lienmesh swarm dump --out report.tar.gz'],
  run: async ({ out, 'run-dir': runDir }, context) => {
    const { swarmDump } = await import('../swarm/dump.ts')
    return swarmDump({ out, runDir, json: context.json })
  },
})
