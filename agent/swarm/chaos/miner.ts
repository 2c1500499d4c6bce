// A chain whose blocks, forks and fees are ours: mined one by one, rolled back when wanted, never by an interval.
import { type Address, type Hex, toHex } from 'viem'
import type { LocalChain } from '../local-chain.ts'
import { openPool, type Pool, type Pooled } from './pool.ts'
import { FINALITY } from './scene.ts'

/** What a reorganisation does with the transactions of the blocks that it removes. */
export type Aftermath = 'returned' | 'lost'

export type Miner = {
  readonly chain: LocalChain
  readonly pool: Pool
  readonly height: () => number
  /** The height right after the last reorganisation. */
  readonly forked: () => number
  /** Takes bytes as a node would; answers the refusal, or nothing. */
  offer(raw: Hex): Promise<string | undefined>
  /** One block, no earlier than `time` (s). */
  mine(time: number): Promise<void>
  /**
   * Removes the newest blocks and mines as many and one more in their place. One that is deeper than finality goes on to
   * the sender's newest transaction that is that deep, where there is one: what takes nothing back says nothing.
   */
  reorg(depth: number, aftermath: Aftermath, time: number): Promise<void>
  /** The base fee of the next blocks is so many times the usual. */
  spike(times: number, blocks: number): void
  /** The next blocks leave out what waits in the pool. */
  withhold(blocks: number): void
  /** No trouble any more. */
  calm(): void
}

/** Takes over a chain that does not mine by itself. `sender` is whose transactions the pool holds. */
export async function takeOver(chain: LocalChain, sender: Address): Promise<Miner> {
  const pool = openPool()
  const tip = await tipOf(chain)
  const turn = inTurn()
  const [dear, held, fork] = [{ times: 1, blocks: 0 }, { blocks: 0 }, { height: tip.height }]
  const baseFee = (): bigint => (dear.blocks > 0 ? GWEI * BigInt(dear.times) : GWEI)
  const nonce = async (): Promise<number> =>
    Number(await chain.rpc.request<Hex>('eth_getTransactionCount', [sender, 'latest']))
  const next = async (time: number): Promise<void> => {
    const block = held.blocks > 0 ? [] : pool.ready(await nonce(), baseFee())
    await mineOne(chain, tip, { time, block, baseFee: baseFee() })
    held.blocks--
    dear.blocks--
    pool.prune(await nonce())
  }
  const reorg = async (planned: number, aftermath: Aftermath, time: number): Promise<void> => {
    const depth = planned > FINALITY ? Math.max(planned, await depthOfFinal(chain, sender, tip)) : planned
    const gone = await bytesIn(chain, sender, { from: tip.height - depth + 1, to: tip.height })
    await chain.rpc.request('anvil_rollback', [depth])
    Object.assign(tip, await tipOf(chain))
    const from = await nonce()
    if (aftermath === 'returned') for (const raw of gone) pool.offer(raw, from)
    // The branch that wins is longer: all but the last of its blocks are empty, so that nothing stays where it was.
    for (let i = 0; i < depth; i++) await mineOne(chain, tip, { time: time - depth + i, block: [], baseFee: baseFee() })
    await next(time)
    fork.height = tip.height
  }
  return {
    chain,
    pool,
    height: () => tip.height,
    forked: () => fork.height,
    offer: (raw) => turn(async () => refusalIn(pool.offer(raw, await nonce()))),
    mine: (time) => turn(() => next(time)),
    reorg: (depth, aftermath, time) => turn(() => reorg(depth, aftermath, time)),
    spike: (times, blocks) => void Object.assign(dear, { times, blocks }),
    withhold: (blocks) => void Object.assign(held, { blocks }),
    calm: () => void [Object.assign(dear, { blocks: 0 }), Object.assign(held, { blocks: 0 })],
  }
}

const GWEI = 1_000_000_000n

const refusalIn = (taken: Pooled | string): string | undefined => (typeof taken === 'string' ? taken : undefined)

/** The newest block: its height and its time (s). */
type Tip = { height: number; time: number }

async function tipOf({ rpc }: LocalChain): Promise<Tip> {
  const head = await rpc.request<{ number: Hex; timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  return { height: Number(head.number), time: Number(head.timestamp) }
}

type Block = { readonly time: number; readonly block: readonly Pooled[]; readonly baseFee: bigint }

async function mineOne({ rpc }: LocalChain, tip: Tip, { time, block, baseFee }: Block): Promise<void> {
  tip.time = Math.max(tip.time + 1, time)
  await rpc.request('evm_setNextBlockTimestamp', [tip.time])
  await rpc.request('anvil_setNextBlockBaseFeePerGas', [toHex(baseFee)])
  for (const { raw } of block) await rpc.request('eth_sendRawTransaction', [raw])
  await rpc.request('evm_mine')
  tip.height++
}

/** How deep a fork must be to take back a sender's newest transaction that is final; nothing where none is near. */
async function depthOfFinal(chain: LocalChain, sender: Address, { height }: Tip): Promise<number> {
  for (let depth = FINALITY + 1; depth <= DEEPEST; depth++) {
    const at = height - depth + 1
    if ((await bytesIn(chain, sender, { from: at, to: at })).length > 0) return depth
  }
  return 0
}

/** The deepest fork that is looked for; anvil rolls back no further than it remembers. */
const DEEPEST = 30

type Listed = { readonly transactions: readonly { readonly from: Address; readonly hash: Hex }[] }

/** The bytes of a sender's transactions in a range of blocks, in order. */
async function bytesIn(
  { rpc }: LocalChain,
  sender: Address,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Hex[]> {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => toHex(from + i))
  const blocks = await rpc.batch<Listed>(
    numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [number, true] })),
  )
  const mine = blocks.flatMap(({ transactions }) => transactions.filter((one) => same(one.from, sender)))
  return rpc.batch<Hex>(mine.map(({ hash }) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })))
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** One at a time: a block is never mined while the chain is rolled back. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}
