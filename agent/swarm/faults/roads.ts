// What stands between the processes of a swarm, so that faults may come there: doors for peers, proxies before nodes.
import type { Hex } from 'viem'
import type { LocalChain } from '../local-chain.ts'
import { type Door, type LinkOptions, type Links, openLinks } from './links.ts'
import { type Nodes, openNodes } from './nodes.ts'

/** The roads of a run. */
export type Roads = {
  readonly links: Links
  readonly nodes: Nodes
  /** The door of a process. */
  door(name: string): Promise<Door>
  /** The process listens at these multiaddrs now. */
  lead(name: string, addresses: readonly string[]): Promise<void>
  /** Where an agent reaches a chain. */
  node(agent: string, chain: LocalChain): Promise<string>
  close(): Promise<void>
}

/** Opens doors and proxies as they are asked for. */
export function openRoads(options: LinkOptions): Roads {
  const links = openLinks(options)
  const nodes = openNodes(options.seed)
  return {
    ...{ links, nodes, door: links.door },
    async lead(name, addresses) {
      const port = addresses.map((address) => Number(/\/tcp\/(\d+)/.exec(address)?.[1])).find((one) => one > 0)
      if (port !== undefined) (await links.door(name)).lead(port)
    },
    node: (agent, { name, id, url, rpc }) =>
      nodes.url(agent, {
        ...{ name, id, url },
        height: async () => Number(await rpc.request<Hex>('eth_blockNumber')),
      }),
    close: async () => void (await Promise.all([links.close(), nodes.close()])),
  }
}
