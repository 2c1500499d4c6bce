// What stands between the agent and a chain: three proxies before one node, and the points at which news ends a life.
import { type Hex, keccak256 } from 'viem'
import { type Gate, openRpcProxy, type RpcProxy } from '../faults/rpc-proxy.ts'
import type { RawCall } from '../faults/toxic.ts'
import type { Miner } from './miner.ts'

/** Providers that the agent believes to have. */
const PROVIDERS = 3

/** The agent's way to one chain. */
export type Wire = {
  readonly proxies: readonly RpcProxy[]
  readonly urls: readonly string[]
  /** How often a fault acted, by kind. */
  faults(): ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Told of every point on the wire that a life reaches. True ends it: nothing goes on from there. */
export type Reached = (point: string) => boolean

/** Opens the way to a miner's chain. */
export async function openWire(miner: Miner, seed: number, reached: Reached): Promise<Wire> {
  const gate = gateOf(miner, reached)
  const proxies = await Promise.all(
    Array.from({ length: PROVIDERS }, (_, i) => openRpcProxy({ upstream: miner.chain.url, seed: seed * 10 + i, gate })),
  )
  return {
    proxies,
    urls: proxies.map(({ url }) => url),
    faults: () => sum(proxies.map(({ faults }) => faults)),
    close: async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))),
  }
}

function gateOf({ offer, pool }: Miner, reached: Reached): Gate {
  const cut = (point: string): void => {
    if (reached(point)) throw new Error('nobody listens any more')
  }
  const send = async (raw: Hex): Promise<object> => {
    const hash = keccak256(raw)
    const again = pool.legOf(hash) !== undefined
    const leg = pool.learn(raw)
    cut(`send:before:${leg}`)
    const refused = await offer(raw)
    cut(`send:after:${leg}`)
    if (again) cut('send:after:again')
    return refused === undefined ? { result: hash } : { error: { code: -32_000, message: refused } }
  }
  return {
    methods: new Set(['eth_sendRawTransaction', 'eth_getTransactionReceipt']),
    answer: async (call) =>
      call.method === 'eth_sendRawTransaction'
        ? { jsonrpc: '2.0', id: call.id, ...(await send(rawOf(call))) }
        : undefined,
    heard: (call, answer) => {
      if (call.method !== 'eth_getTransactionReceipt' || !holdsResult(answer)) return
      cut(`receipt:before:${pool.legOf(hashOf(call)) ?? 'other'}`)
    },
  }
}

// The agent's own client writes these requests: what they must hold is there.
const rawOf = ({ params }: RawCall): Hex => params[0] as Hex
const hashOf = ({ params }: RawCall): Hex => params[0] as Hex

const holdsResult = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'result' in answer && answer.result !== null

function sum(all: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>()
  for (const counts of all) for (const [key, count] of counts) total.set(key, (total.get(key) ?? 0) + count)
  return total
}
