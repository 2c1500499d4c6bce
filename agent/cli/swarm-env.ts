// lienmesh swarm env: eval it, and every tool finds the run.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { environmentOf } from '../swarm/environment.ts'
import { command } from './command.ts'
import { json } from './format.ts'
import { livingRun, runFlags } from './swarm-order.ts'

/** Prints exports for a shell: folder, endpoints and addresses of the newest run that lives. */
export const swarmEnv = command({
  options: z.strictObject(runFlags),
  examples: ['eval "$(lienmesh swarm env)"; cast block-number --rpc-url $RPC_ENGINE'],
  run: async ({ 'run-dir': runDir }, context) => {
    const values = environmentOf(livingRun(runDir))
    if (context.json) context.print(json({ type: 'env', ...Object.fromEntries(values) }))
    else for (const [name, value] of values) context.print(`export ${name}='${value.replaceAll("'", "'\\''")}'`)
    return EXIT.ok
  },
})
