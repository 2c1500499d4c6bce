// Three providers before one node, each of which can be made to fail.
import { openRpc, type Rpc, type RpcOptions } from '../../agent/adapters/chain/rpc.ts'
import { chainId } from '../../agent/domain/units.ts'
import { openRpcProxy, type RpcProxy } from '../../agent/swarm/faults/rpc-proxy.ts'
import type { Anvil } from './anvil.ts'

/** Proxies before one node, and clients of them. */
export type Providers = {
  readonly proxies: readonly [RpcProxy, RpcProxy, RpcProxy]
  /** Alarms of every client opened here, as `code detail`. */
  readonly alarms: string[]
  /** A client of all three; two of them must agree unless the options say otherwise. */
  open(options?: Partial<RpcOptions>): Promise<Rpc>
  close(): Promise<void>
}

/** Puts three proxies before a node. */
export async function threeProviders(anvil: Anvil): Promise<Providers> {
  const start = (seed: number) => openRpcProxy({ upstream: anvil.url, seed })
  const proxies = [await start(1), await start(2), await start(3)] as const
  const opened: Rpc[] = []
  const alarms: string[] = []
  return {
    proxies: [...proxies],
    alarms,
    open: async (options = {}) => {
      const urls = proxies.map(({ url }) => url)
      const alarm = (code: string, detail: string) => void alarms.push(`${code} ${detail}`)
      const rpc = await openRpc({ chain: chainId(anvil.chainId), urls, quorum: 2, alarm, ...options })
      opened.push(rpc)
      return rpc
    },
    close: async () => {
      for (const rpc of opened) rpc.close()
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}
