// An executor as its chain knows it, with what its owner announced and has not done yet.
import { type Address, decodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { getCode, getLogs, readContract } from 'viem/actions'
import { agentRegistryAbi } from '../adapters/chain/abi/agent-registry.ts'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { trial } from './purse.ts'
import { inWords, tokenAt } from './tokens.ts'

/** One executor. `left` and `cap` in units of its measure; undefined when no cap was set. */
export type ExecutorState = {
  readonly owner: Address
  readonly obeys: boolean
  readonly sealed: boolean
  readonly paused: boolean
  readonly delay: bigint
  readonly cap: bigint | undefined
  readonly left: bigint | undefined
  readonly pending: readonly Pending[]
}

/** Something announced. `readyAt` in seconds of the chain's clock. */
export type Pending = { readonly says: string; readonly readyAt: bigint }

/** Reads it; undefined when nothing stands there. */
export async function executorState(
  node: Node,
  executor: Address,
  { operator, from }: { readonly operator: Address; readonly from: bigint },
): Promise<ExecutorState | undefined> {
  if ((await getCode(node, { address: executor })) === undefined) return undefined
  const held = { address: executor, abi: liquidatorExecutorAbi } as const
  const owner = await readContract(node, { ...held, functionName: 'owner' })
  const [obeys, sealed, paused, delay, [cap, left], pending] = await Promise.all([
    readContract(node, { ...held, functionName: 'isOperator', args: [operator] }),
    readContract(node, { ...held, functionName: 'isSealed' }),
    readContract(node, { ...held, functionName: 'paused' }),
    readContract(node, { ...held, functionName: 'withdrawDelay' }),
    readContract(node, { ...held, functionName: 'outlayLeft' }),
    announced(node, { executor, owner, from }),
  ])
  const capped = cap < UNCAPPED
  return {
    owner,
    obeys,
    sealed,
    paused,
    delay,
    pending,
    cap: capped ? cap : undefined,
    left: capped ? left : undefined,
  }
}

const UNCAPPED = 2n ** 256n - 1n

/** Announcements that were neither done nor cancelled: the contract itself is asked about each. */
async function announced(node: Node, { executor, owner, from }: Asked): Promise<readonly Pending[]> {
  const logs = await getLogs(node, { address: executor, fromBlock: from, toBlock: 'latest' })
  const events = parseEventLogs({ abi: liquidatorExecutorAbi, logs })
  const found = events.map(async ({ eventName, args }): Promise<Pending | undefined> => {
    if (eventName === 'Requested') {
      const refusal = await trial({ node, address: owner }, { says: '', to: executor, data: args.call })
      return refusal?.error === 'RequestUnknown' ? undefined : { says: callName(args.call), readyAt: args.readyAt }
    }
    if (eventName !== 'WithdrawRequested') return undefined
    const { token, amount, to } = args
    const asked = { address: executor, abi: liquidatorExecutorAbi, functionName: 'withdrawableAt' } as const
    const readyAt = await readContract(node, { ...asked, args: [token, amount, to] })
    const known = await tokenAt(node, token)
    return readyAt === 0n ? undefined : { says: `withdraw ${inWords(amount, known)} to ${to}`, readyAt }
  })
  const open = (await Promise.all(found)).filter((one) => one !== undefined)
  return [...new Map(open.map((one) => [`${one.says} ${one.readyAt}`, one])).values()]
}

/** A withdrawal to somebody that was announced and not paid; the newest, if there are several. */
export async function pendingWithdrawal(
  node: Node,
  { executor, token, to, from }: Omit<Asked, 'owner'> & { readonly token: Address; readonly to: Address },
): Promise<bigint | undefined> {
  const logs = await getLogs(node, { address: executor, fromBlock: from, toBlock: 'latest' })
  const events = parseEventLogs({
    abi: liquidatorExecutorAbi,
    logs,
    eventName: 'WithdrawRequested',
    args: { token, to },
  })
  const held = { address: executor, abi: liquidatorExecutorAbi, functionName: 'withdrawableAt' } as const
  for (const { args } of events.toReversed())
    if ((await readContract(node, { ...held, args: [token, args.amount, to] })) > 0n) return args.amount
  return undefined
}

type Asked = { readonly executor: Address; readonly owner: Address; readonly from: bigint }

/** What an announced call of the owner does, as far as its names say. */
function callName(data: Hex): string {
  try {
    const { functionName, args } = decodeFunctionData({ abi: liquidatorExecutorAbi, data })
    if (functionName !== 'ownerCall') return functionName
    const inner = decodeFunctionData({ abi: OWNER_CALLS, data: args[1] })
    return inner.functionName
  } catch {
    return data.slice(0, 10) // A call that we do not make: its selector is all there is to say.
  }
}

const OWNER_CALLS = [...marginEngineAbi, ...agentRegistryAbi].filter((item) => item.type === 'function')
