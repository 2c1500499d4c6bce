// lienmesh executor withdraw: capital out, behind the executor's delay.
import type { Address } from 'viem'
import { z } from 'zod'
import { tokenAmount } from '../../config/units.ts'
import { usageError } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import { type ChainId, chainId } from '../domain/units.ts'
import { executorOf } from '../operator/ownership.ts'
import { tokenAt, unitsOf } from '../operator/tokens.ts'
import { withdrawErrand } from '../operator/withdraw.ts'
import { command, toggle } from './command.ts'
import { carryOut } from './errands.ts'
import { chainFlag, openDesk, ownerFlags, recipient } from './owner-desk.ts'

/** Announces a withdrawal, or pays one whose delay has passed: the same command twice, or once with --wait. */
export const executorWithdraw = command({
  options: z.strictObject({
    amount: tokenAmount.describe('What is to leave, with its unit: "1000 USDC".'),
    to: z.string().optional().describe('Who receives it (default: the owner).'),
    ...chainFlag,
    wait: toggle.describe('Wait until the delay has passed, then pay.'),
    ...ownerFlags,
  }),
  positionals: ['amount'],
  examples: ['lienmesh executor withdraw "1000 USDC" --chain 1 --wait'],
  run: async (options, context) => {
    const desk = await openDesk(options)
    const { chain, token, engine } = placeOf(desk.network, options.amount.unit, options.chain)
    const purse = await desk.purse(chain)
    const found = await tokenAt(purse.node, token)
    const leaving = {
      executor: executorOf(desk.config.chains, chain),
      token: found,
      amount: unitsOf(options.amount, found),
      to: recipient(options.to, purse.address),
      ...(engine === undefined ? {} : { engine }),
    }
    return carryOut([{ purse, errand: await withdrawErrand(purse, leaving) }], options, context)
  },
})

type Place = { readonly chain: ChainId; readonly token: Address; readonly engine?: Address }

/** Where a unit lies: engine cash, the dollar of a vault's chain, or collateral by its symbol. */
function placeOf(network: Network, unit: string, chain: number | undefined): Place {
  const collateral = network.vaults.flatMap((vault) =>
    vault.assets.map((asset) => ({ chain: vault.chain, token: asset.token, symbol: asset.symbol })),
  )
  const named = collateral.filter(({ symbol }) => symbol.toUpperCase() === unit.toUpperCase())
  const money = [
    ...network.engines.map((one): Place => ({ chain: one.chain, token: one.cash, engine: one.engine })),
    ...network.vaults.map((one): Place => ({ chain: one.chain, token: one.dollar })),
  ]
  const places = (named.length > 0 ? named : money).filter((one) => chain === undefined || one.chain === chainId(chain))
  const distinct = [...new Map(places.map((one) => [`${one.chain} ${one.token}`, one])).values()]
  const [first] = distinct
  if (first !== undefined && distinct.length === 1) return first
  const chains = [...new Set((named.length > 0 ? named : money).map((one) => one.chain))].join(', ')
  const words = first === undefined ? `nothing of ours is on chain ${chain}` : `${unit} lies on chains ${chains}`
  throw usageError('E_USAGE', words, `Name the chain with --chain: ${chains}.`)
}
