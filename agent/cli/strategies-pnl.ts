// lienmesh strategies pnl: what each strategy of an agent earned, from its journal or from the agent that holds it.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { wad } from '../domain/units.ts'
import { askJournals } from '../runtime/journals.ts'
import { linesIn, type StrategyLine } from '../runtime/strategy-books.ts'
import { command } from './command.ts'
import { dollars, json } from './format.ts'
import { from, journalFolder } from './journal-source.ts'

/** One line per strategy of every agent, over all its runs. Positions that are still open count when they are closed. */
export const strategiesPnl = command({
  options: z.strictObject({ from }),
  examples: ['lienmesh strategies pnl', 'lienmesh strategies pnl --from runs/latest --json'],
  run: async (options, { print, json: forMachines }) => {
    const all = await askJournals(journalFolder(options.from), {
      read: linesIn,
      question: { ask: 'strategies' },
      said: (answer) => saidIn.parse(answer).strategies as readonly StrategyLine[],
    })
    const lines = all.flatMap(({ agent, found }) => found.map((line) => ({ agent, ...line })))
    if (lines.length === 0 && !forMachines) print('nothing is settled yet')
    for (const line of lines) {
      if (forMachines) print(json({ type: 'strategy-pnl', ...line }))
      else print(inWords(line))
    }
    return EXIT.ok
  },
})

const saidIn = z.looseObject({ strategies: z.array(z.unknown()).default([]) })

function inWords({
  agent,
  strategy,
  settled,
  total,
  bonus,
  gap,
  hedges,
  gas,
  lostRaceGas,
}: StrategyLine & { agent: string }): string {
  const parts = [
    `bonus ${dollars(bonus)}`,
    `gap ${dollars(gap)}`,
    ...(hedges === 0n ? [] : [`hedges ${dollars(hedges)}`]),
    `gas ${dollars(wad(gas + lostRaceGas))}`,
  ]
  return `${agent.padEnd(12)} ${strategy.padEnd(18)} ${dollars(total).padStart(12)}  ${settled} settled; ${parts.join(', ')}`
}
