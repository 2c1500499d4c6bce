// A call of our executor: several acts under one guard, all or nothing.
import {
  type Abi,
  type Address,
  type ContractFunctionName,
  decodeFunctionData,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  toFunctionSelector,
} from 'viem'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { address, bytes, int, length, list, uint } from './words.ts'

/** One call that the executor makes. */
export type Act = { readonly target: Address; readonly data: Hex }

/** What must hold for the acts to stand: see ILiquidatorExecutor. `deadline` in seconds. */
export type Guard = { readonly intent: Hex; readonly leg: number; readonly deadline: bigint; readonly floor: bigint }

/** Legs of an intent: each executes once. */
export const LEG = { bid: 0, claim: 1, root: 2, credit: 3, open: 4, line: 5, trade: 6 } as const

/** An act from a typed function call. */
export const act = <const abi extends Abi, name extends ContractFunctionName<abi>>(
  target: Address,
  call: EncodeFunctionDataParameters<abi, name>,
): Act => ({ target, data: encodeFunctionData(call) })

/** Data of `LiquidatorExecutor.execute`. */
export function executeCall(acts: readonly Act[], { intent, leg, deadline, floor }: Guard): Hex {
  const guard = `${bytes32(intent)}${uint(leg, 8)}${uint(deadline, 48)}${int(floor)}`
  const calls = acts.map(({ target, data }) => `${address(target)}${length(64)}${bytes(data)}`)
  // The acts begin after the head: their own place and the four words of the guard.
  return `${EXECUTE}${length(5 * 32)}${guard}${list(calls)}`
}

function bytes32(whole: Hex): string {
  if (whole.length !== 66) throw new TypeError(`expected 32 bytes, found ${whole}`)
  return whole.slice(2).toLowerCase()
}

/** The deadline (s) of an executor call; undefined when these bytes are none. */
export function deadlineIn(data: Hex): bigint | undefined {
  if (!data.startsWith(EXECUTE)) return undefined
  const { args } = decodeFunctionData({ abi: liquidatorExecutorAbi, data })
  const guard = args?.[1]
  return typeof guard === 'object' && 'deadline' in guard ? BigInt(guard.deadline) : undefined
}

/** Selector of `LiquidatorExecutor.execute`. */
export const EXECUTE = toFunctionSelector(getAbiItem({ abi: liquidatorExecutorAbi, name: 'execute' }))
