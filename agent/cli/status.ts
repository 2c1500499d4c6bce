// lienmesh status
import { setTimeout as rest } from 'node:timers/promises'
import { duration } from '../../config/units.ts'
import type { AgentLine } from '../console/view/words.ts'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { wad } from '../domain/units.ts'
import { table } from '../swarm/format.ts'
import { show } from './agent-status.ts'
import { type Answer, agentFlags, ask } from './ask-agent.ts'
import { type Context, command, toggle } from './command.ts'
import { dollars, json } from './format.ts'
import { from, journalFolder } from './journal-source.ts'
import { viewIn } from './view-source.ts'

/** Says what a running agent does. */
export const status = command({
  options: agentFlags.extend({
    wait: duration.prefault('0s').describe('Wait so long for an agent that is starting.'),
    watch: toggle.describe('Say it again whenever it changed, one line per agent, until interrupted.'),
    from,
  }),
  examples: ['lienmesh status --config agent.yaml', 'lienmesh status --wait 30s', 'lienmesh status --watch'],
  run: async (options, context) => {
    if (options.watch) return watch(journalFolder(options.from ?? options.data), context)
    const until = Date.now() + options.wait
    const asked = (): Promise<Answer> =>
      ask(options, 'status', context).catch(async (error: unknown) => {
        if (Date.now() >= until || context.signal.aborted) throw error
        await rest(LOOK_EVERY, undefined, { signal: context.signal })
        return asked()
      })
    show(await asked(), context)
    return EXIT.ok
  },
})

const LOOK_EVERY = 200
const WATCH_EVERY = 1_000

/** On a terminal the lines stay where they are; anywhere else each change is a line of its own. */
async function watch(folder: string, context: Context): Promise<ExitStatus> {
  const still = process.stdout.isTTY && !context.json
  let said: readonly string[] = []
  while (!context.signal.aborted) {
    const { agents } = await viewIn(folder, 'overview')
    const lines = context.json ? agents.map((one) => json({ type: 'agent', ...lined(one) })) : inWords(agents)
    if (lines.join('\n') !== said.join('\n')) {
      if (still && said.length > 0) process.stdout.write(`\u001b[${said.length}A\u001b[J`)
      for (const line of lines) context.print(line)
      said = lines
    }
    await rest(WATCH_EVERY, undefined, { signal: context.signal }).catch(() => undefined) // Interrupted: the loop ends.
  }
  return EXIT.interrupted
}

/** What changes with every look is left out of what a machine compares. */
const lined = ({ spark: _, lastAt: __, ...one }: AgentLine): object => one

const usd = (amount: string | undefined): string => (amount === undefined ? '-' : dollars(wad(BigInt(amount))))

const inWords = (agents: readonly AgentLine[]): readonly string[] =>
  table(
    ['agent', 'state', 'capital', 'in flight', 'gap ES', 'open', 'won', 'lost', 'P&L'],
    agents.map((one) => [
      one.name,
      one.state,
      usd(one.wealth).replace(/\.\d+$/, ''),
      usd(one.inFlight).replace(/\.\d+$/, ''),
      usd(one.shortfall),
      ...[one.open, one.won, one.lost].map(String),
      usd(one.pnl),
    ]),
  )
