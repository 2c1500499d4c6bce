// lienmesh suite check: whether a deployed network is what its description says.
import { z } from 'zod'
import { loadNetwork } from '../../config/network.ts'
import { loadSuite } from '../../config/suite.ts'
import { EXIT } from '../domain/errors.ts'
import { command } from './command.ts'
import { failures, printRows } from './suite-rows.ts'

/** Reads code, wiring, terms and roles back. Exit status 1 when something is wrong. */
export const suiteCheck = command({
  options: z.strictObject({
    network: z.string().min(1).default('network.json').describe('The network description to check.'),
    chains: z.string().min(1).describe('The chains file it was deployed from.'),
  }),
  positionals: ['network'],
  examples: ['lienmesh suite check testnet.json --chains testnet.yaml'],
  run: async (options, context) => {
    const { checkSuite } = await import('../suite/check.ts')
    const rows = await checkSuite(loadSuite(options.chains), loadNetwork(options.network))
    printRows(context, rows)
    return failures(rows) > 0 ? EXIT.assertion : EXIT.ok
  },
})
