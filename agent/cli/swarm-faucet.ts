// lienmesh swarm faucet: money of a local run.
import { isAddress } from 'viem'
import { z } from 'zod'
import { tokenAmount } from '../../config/units.ts'
import { usageError } from '../domain/errors.ts'
import { COIN, unitsOf } from '../operator/tokens.ts'
import { command } from './command.ts'

/** Mints test dollars and coin on every chain of the newest kept run. */
export const swarmFaucet = command({
  options: z.strictObject({
    address: z.string().describe('Who receives it.'),
    cash: tokenAmount.prefault('100000 USDC').describe('Test dollars on every chain.'),
    coin: tokenAmount.prefault('10 ETH').describe('Native coin on every chain.'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  positionals: ['address'],
  examples: ['lienmesh swarm faucet 0x90F79bf6EB2c4f870365E785982E1f101E93b906'],
  run: async (options, context) => {
    const { address, cash, coin } = options
    if (!isAddress(address, { strict: false }))
      throw usageError('E_USAGE', `${address} is no address`, 'lienmesh keys list shows yours.')
    unitsOf(coin, COIN)
    const dollars = unitsOf(cash, { symbol: 'USDC', decimals: 6 })
    const { swarmFaucet } = await import('../swarm/faucet.ts')
    return swarmFaucet({ address, dollars, coin: coin.number, runDir: options['run-dir'], json: context.json })
  },
})
