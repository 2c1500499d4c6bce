// lienmesh swarm up: what `npm start` runs.
import { z } from 'zod'
import { loadScenario } from '../../config/scenario.ts'
import { duration } from '../../config/units.ts'
import { command, toggle, wholeNumber } from './command.ts'

/** Brings up a local market and runs one scenario against it. */
export const swarmUp = command({
  options: z.strictObject({
    scenario: z.string().default('flash-crash').describe('Name from scenarios ls, or a .yaml file.'),
    agents: wholeNumber.optional().describe('Number of bidders.'),
    accounts: wholeNumber.optional().describe('Number of margin accounts.'),
    seed: wholeNumber.optional().describe('Seed of everything random.'),
    duration: duration.optional().describe('Wall time of the market, such as 45s.'),
    keep: toggle.describe('Leave everything running at the end, until swarm down.'),
    faults: toggle.describe('Let processes speak through proxies, so that any fault can be injected; --keep does.'),
    port: wholeNumber.optional().describe('Port of the dashboard on 127.0.0.1; a free one by default.'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is made (default: here).'),
  }),
  positionals: ['scenario'],
  examples: ['lienmesh swarm up', 'lienmesh swarm up --seed 7 --agents 8', 'lienmesh swarm up flash-crash --json'],
  run: async (options, context) => {
    loadScenario(options.scenario)
    const { swarmUp } = await import('../swarm/up.ts')
    const { 'run-dir': runDir, ...rest } = options
    return swarmUp({ ...rest, runDir, json: context.json, signal: context.signal })
  },
})
