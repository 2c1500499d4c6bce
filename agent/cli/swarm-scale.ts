// lienmesh swarm scale: a group of agents grows or shrinks.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { json } from './format.ts'
import { order, runFlags } from './swarm-order.ts'

/** Brings a group of the newest kept run to so many agents. */
export const swarmScale = command({
  options: z.strictObject({
    size: z
      .string({ error: 'is missing' })
      .regex(/^[a-z0-9][a-z0-9-]*=\d{1,3}$/, { error: 'expected GROUP=N, such as house=5' })
      .describe('Group and its number of agents: house=5.'),
    ...runFlags,
  }),
  positionals: ['size'],
  examples: ['lienmesh swarm scale house=5'],
  run: async ({ size, 'run-dir': runDir }, context) => {
    const [group, count] = size.split('=')
    const said = change.parse(await order(runDir, { verb: 'scale', group, count: Number(count) }))
    const words = [...said.joined.map((name) => `+${name}`), ...said.left.map((name) => `-${name}`)].join(' ')
    context.print(context.json ? json({ type: 'scale', ...said }) : `✔ ${group} has ${count} agents ${words}`.trimEnd())
    return EXIT.ok
  },
})

const change = z.object({
  group: z.string(),
  count: z.number(),
  joined: z.array(z.string()),
  left: z.array(z.string()),
})
