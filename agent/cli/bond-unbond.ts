// lienmesh bond unbond: the whole bond back, after two delays.
import { z } from 'zod'
import { unbondErrand } from '../operator/bond.ts'
import { executorOf } from '../operator/ownership.ts'
import { command, toggle } from './command.ts'
import { carryOut } from './errands.ts'
import { chainFlag, engineOn, openDesk, ownerFlags, recipient } from './owner-desk.ts'

/** Announces, asks back, and takes the bond: the same command again after each delay, or once with --wait. */
export const bondUnbond = command({
  options: z.strictObject({
    to: z.string().optional().describe('Who receives it (default: the owner).'),
    ...chainFlag,
    wait: toggle.describe('Wait out both delays, then take it.'),
    ...ownerFlags,
  }),
  examples: ['lienmesh bond unbond --wait'],
  run: async (options, context) => {
    const desk = await openDesk(options)
    const { chain, registry } = engineOn(desk.network, options.chain)
    const purse = await desk.purse(chain)
    const place = { registry, executor: executorOf(desk.config.chains, chain) }
    const errand = await unbondErrand(purse, place, recipient(options.to, purse.address))
    return carryOut([{ purse, errand }], options, context)
  },
})
