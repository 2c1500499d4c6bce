// lienmesh run: one agent on a network, in shadow mode unless file and flag agree on live.
import { requireConsent } from '../../config/load.ts'
import { loadNetwork } from '../../config/network.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Runs one agent until it is interrupted. */
export const run = command({
  options: configFlags,
  examples: ['lienmesh run --config agent.yaml', 'lienmesh run --config agent.yaml --mode live'],
  run: async (options, context) => {
    const loaded = configFrom(options.config, context)
    requireConsent(loaded)
    const network = loadNetwork(loaded.config.network)
    const { runAgent } = await import('../runtime/run.ts')
    return runAgent(loaded.config, network, context.signal)
  },
})
