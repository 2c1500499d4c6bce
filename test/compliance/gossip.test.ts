import { vi } from 'vitest'
import { joinGossip } from '../../agent/adapters/gossip/node.ts'
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

gossipCompliance('libp2p', async (): Promise<World> => {
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
      const node = await joinGossip({ ...defaults, ...change, bootstrap })
      const network = change?.network?.name ?? 'test'
      joined.push({ node, network })
      const members = joined.filter((other) => other.network === network).map((other) => other.node)
      await vi.waitUntil(() => members.every((member) => meshed(member, members.length - 1)), { timeout: 20_000 })
      return node
    },
    close: async () => void (await Promise.all(joined.map(({ node }) => node.stop()))),
  }
})

const meshed = (member: Gossip, others: number): boolean =>
  member.peers().filter(({ mesh }) => mesh.length === KINDS.length).length >= others
