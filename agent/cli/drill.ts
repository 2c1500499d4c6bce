// lienmesh drill: whether every way out of a liquidation works now, tried on forks.
import { type Address, isAddress } from 'viem'
import { z } from 'zod'
import { loadConfig } from '../../config/load.ts'
import { usageError } from '../domain/errors.ts'
import { command, wholeNumber } from './command.ts'

/** Puts every account under water on forks of every chain, and bids, proves, claims and sells there. */
export const drill = command({
  options: z.strictObject({
    config: z.string().min(1).optional().describe('An agent whose network is drilled (default: the newest kept run).'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
    executors: z.string().optional().describe('With --config: further executors, comma-separated.'),
    providers: z.string().optional().describe('With --config: providers that claims are sold to, comma-separated.'),
    most: wholeNumber.optional().describe('Most accounts of an engine that are tried (default: all).'),
  }),
  examples: ['lienmesh drill', 'lienmesh drill --config lienmesh.yaml --most 20', 'lienmesh drill --json'],
  run: async ({ config, most = Number.POSITIVE_INFINITY, ...options }, { json, signal }) => {
    const { planOfConfig, planOfRun } = await import('../swarm/drill/plan.ts')
    const plan =
      config === undefined
        ? planOfRun(options['run-dir'] ?? '.')
        : planOfConfig(loadConfig({ file: config, env: process.env, flags: {} }).config, {
            executors: addresses('executors', options.executors),
            providers: addresses('providers', options.providers),
          })
    const { drill } = await import('../swarm/drill/drill.ts')
    return drill({ plan, most, json, out: process.stdout, signal })
  },
})

function addresses(flag: string, list = ''): readonly Address[] {
  return list
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      if (isAddress(one, { strict: false })) return one
      throw usageError('E_USAGE', `--${flag}: expected addresses, found ${one}`, 'Write 0x…,0x….')
    })
}
