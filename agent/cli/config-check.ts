// lienmesh config check: everything about a config that can be judged without starting.

import { loadNetwork } from '../../config/network.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Checks the file, the network description it names, and its strategies with their parameters. */
export const configCheck = command({
  options: configFlags,
  run: async (options, context) => {
    const { config } = configFrom(options.config, context)
    const network = loadNetwork(config.network)
    const { policyOf } = await import('../runtime/policy.ts')
    policyOf(config.policy, network)
    const { loadStrategy } = await import('../runtime/plugins.ts')
    const strategies = await Promise.all(config.strategies.map((one) => loadStrategy(one.use, one.params)))
    const names = strategies.map(({ strategy }) => strategy.name)
    if (context.json)
      context.print(
        JSON.stringify({ type: 'config', ok: true, mode: config.mode, network: network.name, strategies: names }),
      )
    else
      context.print(
        `✔ ${options.config}: ${config.role} ${config.name}, mode ${config.mode}, network ${network.name}, ${names.join(', ')}`,
      )
    return EXIT.ok
  },
})
