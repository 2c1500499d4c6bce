// lienmesh swarm pause, resume, kill, restart: what can be done to the processes of a run.
import { z } from 'zod'
import { type Command, command } from './command.ts'
import { order, printFaults, runFlags } from './swarm-order.ts'

type Verb = { readonly verb: 'pause' | 'resume' | 'kill' | 'restart'; readonly done: string }

/** A command about processes by name, group or role. */
const aboutMembers = ({ verb, done }: Verb): Command =>
  command({
    options: z.strictObject({
      names: z
        .string({ error: 'is missing' })
        .min(1)
        .describe('Agents by name, group or role, with commas; all for every agent.'),
      ...runFlags,
    }),
    positionals: ['names'],
    rest: true,
    examples: [`lienmesh swarm ${verb} house-1`, `lienmesh swarm ${verb} house-1,rush`],
    run: async ({ names, 'run-dir': runDir }, context) =>
      printFaults(await order(runDir, { verb, names: names.split(/[ ,]+/) }), done, context),
  })

/** Stops a process where it is (SIGSTOP). `lienmesh pause` is another thing: it stops bidding. */
export const swarmPause = aboutMembers({ verb: 'pause', done: 'injected' })
/** Lets it go on. */
export const swarmResume = aboutMembers({ verb: 'resume', done: 'healed' })
/** Kills a process (SIGKILL); `swarm restart` brings it back. */
export const swarmKill = aboutMembers({ verb: 'kill', done: 'injected' })
/** Ends a process as it wishes and starts it again, or brings a killed one back. */
export const swarmRestart = aboutMembers({ verb: 'restart', done: 'restarted' })
