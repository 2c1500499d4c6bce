import { MessageChannel } from 'node:worker_threads'
import { vi } from 'vitest'
import { joinGossip } from '../../agent/adapters/gossip/node.ts'
import { joinGossipApart } from '../../agent/adapters/gossip/thread/apart.ts'
import type { StartThread } from '../../agent/adapters/gossip/thread/crew.ts'
import { serveNetwork } from '../../agent/adapters/gossip/thread/serve.ts'
import { KINDS } from '../../agent/adapters/gossip/topics.ts'
import type { Gossip } from '../../agent/ports/gossip.ts'
import { createFakeNetwork } from '../support/fake-gossip.ts'
import * as a from '../unit/gossip/builders.ts'
import { gossipCompliance, type World } from './gossip.ts'

gossipCompliance('the fake', async (): Promise<World> => {
  const all = createFakeNetwork()
  const { signal } = new AbortController()
  const defaults = { network: a.network(), trust: a.trust(), now: () => a.NOW, signal }
  return { join: (change) => all.join({ ...defaults, ...change }), close: async () => {} }
})

gossipCompliance('libp2p', () => real(joinGossip))
gossipCompliance('libp2p behind the ring of a thread', () => real((options) => joinGossipApart(options, besides)))

/** The other side of the ring without the thread: it starts at once, and its clock stands still. */
const besides: StartThread = (memory) => {
  const { port1, port2 } = new MessageChannel()
  const ended = Promise.withResolvers<string>()
  serveNetwork(port2, memory, () => a.NOW)
  const end = async (): Promise<void> => {
    port1.close()
    ended.resolve('closed')
  }
  return { port: port1, gone: ended.promise, end }
}

/** Nodes of this machine, each in the mesh of all others of its network once it has joined. */
async function real(enter: typeof joinGossip): Promise<World> {
  const joined: { readonly node: Gossip; readonly network: string }[] = []
  const { signal } = new AbortController()
  const defaults = {
    network: a.network(),
    trust: a.trust(),
    now: () => a.NOW,
    signal,
    listen: '127.0.0.1:0',
    devnet: true,
  }
  return {
    async join(change) {
      const bootstrap = joined.flatMap(({ node }) => node.addresses)
      const node = await enter({ ...defaults, ...change, bootstrap })
      const network = change?.network?.name ?? 'test'
      joined.push({ node, network })
      const members = joined.filter((other) => other.network === network).map((other) => other.node)
      await vi.waitUntil(() => members.every((member) => meshed(member, members.length - 1)), { timeout: 20_000 })
      return node
    },
    close: async () => void (await Promise.all(joined.map(({ node }) => node.stop()))),
  }
}

const meshed = (member: Gossip, others: number): boolean =>
  member.peers().filter(({ mesh }) => mesh.length === KINDS.length).length >= others
