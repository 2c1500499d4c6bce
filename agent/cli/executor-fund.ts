// lienmesh executor fund: cash to bid with, and coin for gas.
import { z } from 'zod'
import { tokenAmount } from '../../config/units.ts'
import { addressOf } from '../adapters/signer/address.ts'
import { usageError } from '../domain/errors.ts'
import { cashErrand, coinErrand } from '../operator/fund.ts'
import { executorOf } from '../operator/ownership.ts'
import { COIN, tokenAt, unitsOf } from '../operator/tokens.ts'
import { command } from './command.ts'
import { carryOut, type Paid } from './errands.ts'
import { chainFlag, type Desk, engineOn, openDesk, ownerFlags } from './owner-desk.ts'

/** Pays the owner's cash into the engine account, and native coin to the operator on every chain. */
export const executorFund = command({
  options: z.strictObject({
    amount: tokenAmount.optional().describe('Cash for the engine account, with its unit: "1000 USDC".'),
    gas: tokenAmount.optional().describe('Native coin for the operator, on every chain: "0.5 ETH".'),
    ...chainFlag,
    ...ownerFlags,
  }),
  positionals: ['amount'],
  examples: ['lienmesh executor fund "50000 USDC" --gas "0.5 ETH"', 'lienmesh executor fund --gas "0.1 ETH" --chain 1'],
  run: async (options, context) => {
    const { amount, gas } = options
    if (amount === undefined && gas === undefined)
      throw usageError('E_USAGE', 'nothing to pay', 'Write an amount such as "1000 USDC", or --gas "0.5 ETH".')
    const desk = await openDesk(options)
    const all = [
      ...(amount ? [await cash(desk, amount, options.chain)] : []),
      ...(gas ? await coins(desk, gas, options.chain) : []),
    ]
    return carryOut(all, options, context)
  },
})

type Amount = z.output<typeof tokenAmount>

async function cash(desk: Desk, amount: Amount, chain: number | undefined): Promise<Paid> {
  const engine = engineOn(desk.network, chain)
  const purse = await desk.purse(engine.chain)
  const token = await tokenAt(purse.node, engine.cash)
  const executor = executorOf(desk.config.chains, engine.chain)
  return { purse, errand: await cashErrand(purse, engine, executor, { token, amount: unitsOf(amount, token) }) }
}

async function coins(desk: Desk, gas: Amount, chain: number | undefined): Promise<readonly Paid[]> {
  const [operator, wanted] = [await addressOf(desk.config.keys), unitsOf(gas, COIN)]
  const chains = desk.config.chains.filter(({ id }) => chain === undefined || id === chain)
  return Promise.all(
    chains.map(async ({ id }) => {
      const purse = await desk.purse(id)
      return { purse, errand: await coinErrand(purse, operator, wanted) }
    }),
  )
}
