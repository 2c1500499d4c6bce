// lienmesh suite deploy: the contracts of a network, on any EVM chains, from one file.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { networkJson } from '../../config/network.ts'
import { loadSuite, type SuiteFile } from '../../config/suite.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { suiteKey } from './suite-key.ts'
import { failures, printRows } from './suite-rows.ts'

/** Deploys, goes on where an earlier run ended, and reads everything back. */
export const suiteDeploy = command({
  options: z.strictObject({
    chains: z.string().min(1).describe('The chains file: chains, governance, engines and vaults (YAML or JSON).'),
    out: z
      .string()
      .min(1)
      .default('network.json')
      .describe('Where the network description goes; progress is kept beside it.'),
    'password-file': z.string().min(1).optional().describe('Password of the keystores, if any.'),
  }),
  examples: ['lienmesh suite deploy --chains testnet.yaml --out testnet.json'],
  run: async (options, context) => {
    const file = loadSuite(options.chains)
    const { deploySuite } = await import('../suite/deploy.ts')
    const network = await deploySuite({
      file,
      state: `${options.out}.state`,
      keyOf: (spec: SuiteFile['chains'][number]) => suiteKey(spec, options['password-file']),
      report: ({ chain, done, of, step }) =>
        context.print(
          context.json ? JSON.stringify({ type: 'step', chain, done, of, step }) : `  ${chain} ${done}/${of} ${step}`,
        ),
      signal: context.signal,
    })
    writeFileSync(options.out, networkJson(network))
    const { checkSuite } = await import('../suite/check.ts')
    const rows = await checkSuite(file, network)
    printRows(context, rows)
    return failures(rows) > 0 ? EXIT.assertion : EXIT.ok
  },
})
