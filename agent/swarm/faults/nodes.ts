// The nodes of every agent, each behind a proxy of its own: what one agent suffers another does not notice.
import type { Fault } from '../../../config/faults.ts'
import { openRpcProxy, type RpcProxy } from './rpc-proxy.ts'
import type { Toxic } from './toxic.ts'

/** Faults of an agent's nodes. */
export type NodeFault = Extract<Fault, { readonly chain: readonly string[] }>

/** A chain behind proxies. */
export type Upstream = { readonly name: string; readonly id: number; readonly url: string; height(): Promise<number> }

/** The proxies of a swarm. */
export type Nodes = {
  /** Where an agent reaches a chain. The same place whenever it is asked for. */
  url(agent: string, chain: Upstream): Promise<string>
  /** Lets a fault act between agents and chains. The result takes it away. */
  add(fault: NodeFault, agents: readonly string[], chains: readonly string[]): Promise<() => void>
  close(): Promise<void>
}

type Placed = { readonly agent: string; readonly chain: Upstream; readonly proxy: RpcProxy }

/** Opens nothing yet. */
export function openNodes(seed: number): Nodes {
  const placed: Placed[] = []
  return {
    async url(agent, chain) {
      const known = placed.find((one) => one.agent === agent && one.chain.id === chain.id)
      if (known !== undefined) return known.proxy.url
      const proxy = await openRpcProxy({ upstream: chain.url, seed: seed * 100 + placed.length })
      placed.push({ agent, chain, proxy })
      return proxy.url
    },
    async add(fault, agents, chains) {
      const meant = placed.filter(({ agent, chain }) => agents.includes(agent) && chains.includes(chain.name))
      const undo = await Promise.all(
        meant.map(async ({ chain, proxy }) => (await toxicsOf(fault, chain)).map((toxic) => proxy.add(toxic))),
      )
      return () => {
        for (const one of undo.flat()) one()
      }
    },
    close: async () => void (await Promise.all(placed.map(({ proxy }) => proxy.close()))),
  }
}

async function toxicsOf(fault: NodeFault, chain: Upstream): Promise<readonly Toxic[]> {
  switch (fault.kind) {
    case 'rpc_lag':
      return [{ kind: 'latency', millis: fault.delay, jitter: fault.jitter }]
    case 'rpc_error':
      return [{ kind: 'status', status: fault.status, toxicity: fault.share / WHOLE }]
    case 'rpc_limit':
      return [{ kind: 'status', status: 429, toxicity: fault.share / WHOLE }]
    case 'rpc_down':
      return [{ kind: 'down' }]
    case 'rpc_stale':
      return [{ kind: 'stale', height: await chain.height() }]
    case 'rpc_wrong_chain':
      return [
        { kind: 'lie', methods: ['eth_chainId'], path: '', value: `0x${fault.id.toString(16)}` },
        { kind: 'lie', methods: ['net_version'], path: '', value: String(fault.id) },
      ]
    case 'duplicate':
    case 'reorder':
      return [{ kind: fault.kind, toxicity: fault.share / WHOLE }]
  }
}

/** Hundredths of a percent in the whole. */
const WHOLE = 10_000
