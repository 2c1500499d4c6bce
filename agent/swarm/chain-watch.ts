// Follows one local chain block by block and hands on what our contracts said, with the wall time it was seen.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Abi, type Address, decodeEventLog, type Hash, type Hex, toHex } from 'viem'
import { agentRegistryAbi } from '../adapters/chain/abi/agent-registry.ts'
import { collateralVaultAbi } from '../adapters/chain/abi/collateral-vault.ts'
import { creditLinesAbi } from '../adapters/chain/abi/credit-lines.ts'
import { liquidationAuctionAbi } from '../adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import { vaultMirrorAbi } from '../adapters/chain/abi/vault-mirror.ts'
import type { LocalChain } from './local-chain.ts'

/** One event of one of our contracts. Arguments are as viem decodes them. */
export type Fact = {
  readonly name: string
  readonly address: Address
  readonly tx: Hash
  readonly block: bigint
  readonly args: Readonly<Record<string, unknown>>
}

/** A block and its facts. `seenAt` is wall time in milliseconds. */
export type SeenBlock = {
  readonly chain: LocalChain
  readonly number: bigint
  readonly seenAt: number
  readonly facts: readonly Fact[]
}

/** Follows from block `from` until the signal fires. Blocks come in order, each once. */
export async function followChain(
  chain: LocalChain,
  addresses: readonly Address[],
  from: bigint,
  { onBlock, signal }: { readonly onBlock: (block: SeenBlock) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  let next = from
  while (!signal.aborted) {
    const head = BigInt(await chain.rpc.request<Hex>('eth_blockNumber'))
    const seenAt = Date.now()
    // The chain was put back to an earlier state.
    if (head + 1n < next) next = head + 1n
    for (; next <= head; next++)
      await onBlock({ chain, number: next, seenAt, facts: await factsOf(chain, addresses, next) })
    await sleep(LOOK)
  }
}

const LOOK = 60

/** What any argument of an event is, by name. The ABI vouches for the type. */
export const argument = <T>(fact: Fact, name: string): T => fact.args[name] as T

type Log = {
  readonly address: Address
  readonly topics: [Hex, ...Hex[]]
  readonly data: Hex
  readonly transactionHash: Hash
}

const EVENTS: Abi = [
  ...marginEngineAbi,
  ...liquidationAuctionAbi,
  ...creditLinesAbi,
  ...vaultMirrorAbi,
  ...collateralVaultAbi,
  ...agentRegistryAbi,
].filter((item) => item.type === 'event')

async function factsOf(chain: LocalChain, address: readonly Address[], number: bigint): Promise<readonly Fact[]> {
  const at = toHex(number)
  const logs = await chain.rpc.request<readonly Log[]>('eth_getLogs', [{ address, fromBlock: at, toBlock: at }])
  return logs.flatMap((log) => decode(log, number))
}

function decode(log: Log, block: bigint): readonly Fact[] {
  try {
    const { eventName, args } = decodeEventLog({ abi: EVENTS, topics: log.topics, data: log.data })
    return [
      {
        name: eventName ?? '',
        address: log.address,
        tx: log.transactionHash,
        block,
        args: { ...(args as object | undefined) },
      },
    ]
  } catch {
    return [] // governance events of the access manager's mixin: nobody here reads them
  }
}
