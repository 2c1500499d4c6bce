// Many views of one chain in one request.
import { type Abi, type Address, decodeFunctionResult, encodeFunctionData, type Hex, toHex } from 'viem'
import type { Rpc } from './rpc.ts'

/** A view and its arguments. */
export type View = {
  readonly to: Address
  readonly abi: Abi
  readonly name: string
  readonly args?: readonly unknown[]
}

/** Answers in the order of the views, at one block (the latest when none is named). The caller names their shape. */
export async function readAll<T>(rpc: Rpc, views: readonly View[], block?: bigint): Promise<readonly T[]> {
  const at = block === undefined ? 'latest' : toHex(block)
  const requests = views.map((view) => ({ method: 'eth_call', params: [{ to: view.to, data: dataOf(view) }, at] }))
  const answers = await rpc.batch<Hex>(requests)
  return views.map(
    ({ abi, name }, i) => decodeFunctionResult({ abi, functionName: name, data: answers[i] ?? '0x' }) as T,
  )
}

/** One view. */
export async function read<T>(rpc: Rpc, view: View, block?: bigint): Promise<T> {
  const [answer] = await readAll<T>(rpc, [view], block)
  return answer as T
}

const dataOf = ({ abi, name, args }: View): Hex => encodeFunctionData({ abi, functionName: name, args: args ?? [] })
