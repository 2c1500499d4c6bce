// lienmesh bond add: what opens the first seconds of auctions.
import { z } from 'zod'
import { tokenAmount } from '../../config/units.ts'
import { bondErrand, bondOf } from '../operator/bond.ts'
import { executorOf } from '../operator/ownership.ts'
import { unitsOf } from '../operator/tokens.ts'
import { command } from './command.ts'
import { carryOut } from './errands.ts'
import { chainFlag, engineOn, openDesk, ownerFlags } from './owner-desk.ts'

/** Bonds the executor on an engine's chain. An attestor's own bond is made by the key that attests. */
export const bondAdd = command({
  options: z.strictObject({
    amount: tokenAmount.describe('How much, with its unit: "2000 USDC".'),
    ...chainFlag,
    ...ownerFlags,
  }),
  positionals: ['amount'],
  examples: ['lienmesh bond add "2000 USDC"'],
  run: async (options, context) => {
    const desk = await openDesk(options)
    const { chain, registry } = engineOn(desk.network, options.chain)
    const purse = await desk.purse(chain)
    const executor = executorOf(desk.config.chains, chain)
    const { token } = await bondOf(purse.node, registry, executor)
    const errand = await bondErrand(purse, { registry, executor }, unitsOf(options.amount, token))
    return carryOut([{ purse, errand }], options, context)
  },
})
