// Which leg of a liquidation a transaction is, read from the executor call that it makes.
import { decodeFunctionData, type Hex } from 'viem'
import { liquidatorExecutorAbi } from '../../adapters/chain/abi/liquidator-executor.ts'

/** The legs that pay: everything else is `other`. */
export function legOf(data: Hex): string {
  if (data === '0x') return 'cancel'
  const call = decodeFunctionData({ abi: liquidatorExecutorAbi, data })
  const guard = call.functionName === 'execute' ? call.args[1] : undefined
  return LEGS[guard?.leg ?? -1] ?? 'other'
}

const LEGS = ['bid', 'claim']
