// lienmesh run: one agent on a network, in shadow mode unless file and flag agree on live.
import { requireConsent } from '../../config/load.ts'
import { loadNetwork } from '../../config/network.ts'
import { duration } from '../../config/units.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Runs one agent until it is interrupted. */
export const run = command({
  options: configFlags.extend({ for: duration.optional().describe('End after this time, such as 10m.') }),
  examples: ['lienmesh run --config agent.yaml --for 1h', 'lienmesh run --config agent.yaml --mode live'],
  run: async (options, context) => {
    const loaded = configFrom(options.config, context)
    requireConsent(loaded)
    const network = loadNetwork(loaded.config.network)
    const { runAgent } = await import('../runtime/run.ts')
    const ends = options.for === undefined ? [] : [AbortSignal.timeout(options.for)]
    return runAgent(loaded.config, network, AbortSignal.any([context.signal, ...ends]))
  },
})
