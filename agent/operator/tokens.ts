// Amounts of tokens as people write them: a number and the token's symbol, exact to its last decimal.
import { type Address, erc20Abi, formatUnits, parseUnits } from 'viem'
import { readContract } from 'viem/actions'
import type { Quantity } from '../../config/units.ts'
import { usageError } from '../domain/errors.ts'
import type { Node } from '../runtime/doctor/nodes.ts'

/** A token of a chain. */
export type Token = { readonly address: Address; readonly symbol: string; readonly decimals: number }

/** Reads what a token calls itself. */
export async function tokenAt(node: Node, address: Address): Promise<Token> {
  const token = { address, abi: erc20Abi } as const
  const [symbol, decimals] = await Promise.all([
    readContract(node, { ...token, functionName: 'symbol' }),
    readContract(node, { ...token, functionName: 'decimals' }),
  ])
  return { address, symbol, decimals }
}

/** What somebody holds of a token. */
export const balanceOf = (node: Node, token: Address, holder: Address): Promise<bigint> =>
  readContract(node, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [holder] })

/** An amount in a token's own units. E_USAGE for another unit, or for more decimals than the token has. */
export function unitsOf({ number, unit }: Quantity, { symbol, decimals }: Pick<Token, 'symbol' | 'decimals'>): bigint {
  if (unit.toUpperCase() !== symbol.toUpperCase())
    throw usageError('E_USAGE', `"${number} ${unit}" is in ${unit}, expected ${symbol}`, `Write ${number} ${symbol}.`)
  if ((number.split('.')[1] ?? '').length > decimals)
    throw usageError('E_USAGE', `"${number} ${unit}" is finer than the ${decimals} decimals of ${symbol}`, 'Round it.')
  return parseUnits(number, decimals)
}

/** `1000 USDC`. */
export const inWords = (amount: bigint, { symbol, decimals }: Pick<Token, 'symbol' | 'decimals'>): string =>
  `${formatUnits(amount, decimals)} ${symbol}`

/** The coin that gas is paid in. */
export const COIN = { symbol: 'ETH', decimals: 18 } as const
