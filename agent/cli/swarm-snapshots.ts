// lienmesh swarm snapshot and restore: a run put aside and taken up again.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { type Command, command } from './command.ts'
import { json } from './format.ts'
import { order, runFlags } from './swarm-order.ts'

const aboutSnapshots = (verb: 'snapshot' | 'restore', done: string): Command =>
  command({
    options: z.strictObject({
      name: z.string().default('last').describe('Name of the snapshot; it lasts as long as the run.'),
      ...runFlags,
    }),
    positionals: ['name'],
    examples: [`lienmesh swarm ${verb} before-the-crash`],
    run: async ({ name, 'run-dir': runDir }, context) => {
      const said = heights.parse(await order(runDir, { verb, name }))
      const chains = said.chains.map(({ id, height }) => `chain ${id} at block ${height}`).join(', ')
      context.print(context.json ? json({ type: verb, name, chains: said.chains }) : `✔ ${done} ${name}: ${chains}`)
      return EXIT.ok
    },
  })

const heights = z.looseObject({ chains: z.array(z.object({ id: z.number(), height: z.number() })) })

/** Keeps the chains and every agent's books as they are now. */
export const swarmSnapshot = aboutSnapshots('snapshot', 'kept')
/** Puts the chains and every agent's books back, and starts everybody again. */
export const swarmRestore = aboutSnapshots('restore', 'restored')
