// Faults of a local chain: it halts, it is reorganised, its gas becomes dear.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, keccak256, stringToHex, toHex } from 'viem'
import { usageError } from '../../domain/errors.ts'
import type { LocalChain } from '../local-chain.ts'

/** What of a chain is needed to break it. */
export type Breakable = Pick<LocalChain, 'name' | 'block' | 'rpc'>

/** No more blocks until the result is called. */
export async function halt({ rpc, block }: Breakable): Promise<() => Promise<void>> {
  await rpc.request('evm_setIntervalMining', [0])
  return () => rpc.request('evm_setIntervalMining', [block])
}

/**
 * Replaces the newest blocks. The same transactions come again at the same heights, by another miner: every hash above the
 * fork is another one, and what was proven or attested under the old ones is not true any more.
 */
export async function reorganise(chain: Breakable, depth: number, mining: () => boolean): Promise<void> {
  const { rpc, block, name } = chain
  // Mined between the look and the replacement, a block would stay with half of its effects.
  await rpc.request('evm_setIntervalMining', [0])
  try {
    const head = Number(await rpc.request<Hex>('eth_blockNumber'))
    if (depth >= head) throw tooDeep(name, depth, head)
    const heights = Array.from({ length: depth }, (_, i) => head - depth + 1 + i)
    const blocks = await rpc.batch<Block>(
      heights.map((height) => ({ method: 'eth_getBlockByNumber', params: [toHex(height), false] })),
    )
    const hashes = blocks.flatMap(({ transactions }, i) => transactions.map((hash) => [hash, i] as const))
    const raw = await rpc.batch<Hex>(
      hashes.map(([hash]) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })),
    )
    const last = blocks.at(-1)?.hash ?? '0x'
    await rpc.request('anvil_setCoinbase', [keccak256(stringToHex(`another miner than of ${last}`)).slice(0, 42)])
    await rpc.request('anvil_reorg', [depth, raw.map((bytes, i) => [bytes, hashes[i]?.[1] ?? 0])])
  } finally {
    if (mining()) await rpc.request('evm_setIntervalMining', [block])
  }
}

type Block = { readonly hash: Hex; readonly transactions: readonly Hex[] }

const tooDeep = (name: string, depth: number, head: number): Error =>
  usageError(
    'E_FAULT',
    `reorg: ${depth} blocks are more than chain ${name} has above its first (${head})`,
    'Take a smaller depth.',
  )

/** Every block has this base fee until the result is called; then it is 0 again. */
export function makeDear({ rpc }: Breakable, fee: bigint): () => Promise<void> {
  const ending = new AbortController()
  const { signal } = ending
  const hold = async (): Promise<void> => {
    // The base fee would fall by an eighth a block (EIP-1559): said again before every one.
    for (; !signal.aborted; await sleep(OFTEN, undefined, { signal }).catch(() => undefined))
      await rpc.request('anvil_setNextBlockBaseFeePerGas', [toHex(fee)]).catch(() => undefined) // gone with its run
  }
  const held = hold()
  return async () => {
    ending.abort()
    await held
    await rpc.request('anvil_setNextBlockBaseFeePerGas', ['0x0'])
  }
}

const OFTEN = 200
