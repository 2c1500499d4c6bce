// lienmesh swarm faucet: money of a local run.
import { isAddress } from 'viem'
import { z } from 'zod'
import { tokenAmount } from '../../config/units.ts'
import { addressOf } from '../adapters/signer/address.ts'
import { COIN, unitsOf } from '../operator/tokens.ts'
import { command } from './command.ts'

/** Mints test dollars and coin on every chain of the newest kept run. */
export const swarmFaucet = command({
  options: z.strictObject({
    address: z.string().min(1).describe('Who receives it: an address, or a key file.'),
    cash: tokenAmount.prefault('100000 USDC').describe('Test dollars on every chain.'),
    coin: tokenAmount.prefault('10 ETH').describe('Native coin on every chain.'),
    'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
  }),
  positionals: ['address'],
  examples: ['lienmesh swarm faucet keystore/owner.json', 'lienmesh swarm faucet 0x90F7... --cash "5000 USDC"'],
  run: async (options, context) => {
    const { address: given, cash, coin } = options
    const address = isAddress(given, { strict: false }) ? given : await addressOf({ kind: 'inline', file: given })
    unitsOf(coin, COIN)
    const dollars = unitsOf(cash, { symbol: 'USDC', decimals: 6 })
    const { swarmFaucet } = await import('../swarm/faucet.ts')
    return swarmFaucet({ address, dollars, coin: coin.number, runDir: options['run-dir'], json: context.json })
  },
})
