// A chain for questions of gas: a pool ordered by nonce, a base fee that a test sets per block, blocks when it says so.
import { createClient, custom, type Hash, type Hex, keccak256, numberToHex, parseTransaction, toHex } from 'viem'
import type { Heads } from '../../agent/adapters/chain/heads.ts'
import type { Rpc } from '../../agent/adapters/chain/rpc.ts'
import { type ChainId, chainId } from '../../agent/domain/units.ts'
import type { HeadEvent } from '../../agent/ports/chain.ts'

type Pooled = { readonly hash: Hash; readonly nonce: number; readonly maxFee: bigint; readonly tip: bigint }
type Block = { readonly number: bigint; readonly hash: Hash; readonly base: bigint; readonly nonce: number }

/** One key's chain. */
export type GasChain = {
  readonly rpc: Rpc
  readonly heads: Heads
  /** Seconds of the newest block. */
  readonly now: () => bigint
  /** When a transaction was included, in seconds; undefined while it is not. */
  readonly minedAt: (hash: Hash) => bigint | undefined
  /** Makes one block with room for so many transactions, and waits until whoever follows the heads has dealt with it. */
  mine(base: bigint, room: number): Promise<void>
}

/** A chain at a base fee, whose blocks are a second apart. */
export function gasChain(base: bigint, id: ChainId = chainId(31_337)): GasChain {
  const pool = new Map<number, Pooled>()
  const included = new Map<Hash, Block>()
  const blocks: Block[] = [{ number: 0n, hash: keccak256('0x00'), base, nonce: 0 }]
  const follower = handshake()
  const newest = (): Block => blocks.at(-1) ?? { number: 0n, hash: '0x', base, nonce: 0 }
  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> =>
    answer({ blocks, included, newest }, method, Array.isArray(params) ? params : [])
  const node = createClient({ transport: custom({ request }, { retryCount: 0 }) })
  const asked: Rpc['ask'] = (question) => question(node)
  return {
    now: () => newest().number,
    minedAt: (hash) => included.get(hash)?.number,
    rpc: {
      ...{ chain: id, place: 'memory', ask: asked, gather: asked, hint: asked, unanimous: asked },
      logs: async () => ({ touched: [], others: [] }),
      send: async (raw) => pooled(pool, newest().nonce, raw),
      committable: () => true,
      close: () => {},
    },
    heads: { follow: follower.follow },
    async mine(base, room) {
      const number = newest().number + 1n
      const taken: Pooled[] = []
      for (let next = newest().nonce; taken.length < room; next++) {
        const tx = pool.get(next)
        if (tx === undefined || tx.maxFee < base) break
        taken.push(tx)
        pool.delete(next)
      }
      const block = { number, hash: keccak256(toHex(number)), base, nonce: newest().nonce + taken.length }
      for (const { hash } of taken) included.set(hash, block)
      blocks.push(block)
      const parentHash = blocks.at(-2)?.hash ?? block.hash
      await follower.push({
        kind: 'head',
        head: { chain: id, number, hash: block.hash, parentHash, timestamp: number },
      })
    },
  }
}

/** A node keeps what pays a tenth more than what it has of a nonce. */
function pooled(pool: Map<number, Pooled>, onChain: number, raw: Hex): Awaited<ReturnType<Rpc['send']>> {
  const { nonce = 0, maxFeePerGas: maxFee = 0n, maxPriorityFeePerGas: tip = 0n } = parseTransaction(raw)
  const refuse = (message: string) => [{ place: 'memory', message }]
  const [hash, held] = [keccak256(raw), pool.get(nonce)]
  if (nonce < onChain) return refuse('nonce too low')
  if (held?.hash === hash) return refuse('already known')
  if (held !== undefined && (maxFee * 10n < held.maxFee * 11n || tip * 10n < held.tip * 11n))
    return refuse('replacement transaction underpriced')
  pool.set(nonce, { hash, nonce, maxFee, tip })
  return []
}

type Past = {
  readonly blocks: readonly Block[]
  readonly included: ReadonlyMap<Hash, Block>
  readonly newest: () => Block
}

/** What the sending half asks of a node. */
function answer({ blocks, included, newest }: Past, method: string, [first, second]: readonly unknown[]): unknown {
  switch (method) {
    case 'eth_getCode':
      return '0x'
    case 'eth_getTransactionCount': {
      const at = typeof second === 'object' && second !== null && 'blockHash' in second ? second.blockHash : undefined
      return numberToHex((blocks.find(({ hash }) => hash === at) ?? newest()).nonce)
    }
    case 'eth_getBlockByNumber': {
      const { hash, base } = first === 'latest' ? newest() : (blocks[Number(first)] ?? newest())
      return { hash, baseFeePerGas: numberToHex(base) }
    }
    case 'eth_getTransactionReceipt': {
      const block = [...included].find(([hash]) => hash === first)?.[1]
      if (block === undefined) return null
      const paid = { gasUsed: '0x5208', effectiveGasPrice: numberToHex(block.base), status: '0x1', logs: [] }
      return { ...paid, transactionHash: first, blockHash: block.hash, blockNumber: numberToHex(block.number) }
    }
    default:
      throw new Error(`nobody asks ${method} here`)
  }
}

/** One follower, whose every event is waited for until it asks for the next. */
function handshake() {
  let waiting = Promise.withResolvers<HeadEvent>()
  let asked = Promise.withResolvers<void>()
  return {
    async *follow(signal: AbortSignal): AsyncGenerator<HeadEvent> {
      const aborted = new Promise<undefined>((resolve) =>
        signal.addEventListener('abort', () => resolve(undefined), { once: true }),
      )
      while (!signal.aborted) {
        asked.resolve()
        const event = await Promise.race([waiting.promise, aborted])
        if (event === undefined) return
        waiting = Promise.withResolvers()
        yield event
      }
    },
    async push(event: HeadEvent): Promise<void> {
      await asked.promise
      asked = Promise.withResolvers()
      waiting.resolve(event)
      await asked.promise
    },
  }
}
