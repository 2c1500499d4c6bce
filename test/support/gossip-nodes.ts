// Real nodes on this machine, for tests that need a mesh and somebody who does not keep to its rules.
import { multiaddr } from '@multiformats/multiaddr'
import { vi } from 'vitest'
import { type Node, startNode } from '../../agent/adapters/gossip/libp2p.ts'
import { type GossipOptions, joinGossip } from '../../agent/adapters/gossip/node.ts'
import { KINDS, TOPICS, topicNames } from '../../agent/adapters/gossip/topics.ts'
import type { Gossip } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'

const open: { stop(): Promise<unknown> }[] = []
const names = topicNames(a.network())

/** A loaded machine may take its time. */
export const ROOMY = { timeout: 30_000 }

/** Stops every node that a test started. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((node) => node.stop()))
}

/** A node of the test network. */
export async function join(change: Partial<GossipOptions> = {}): Promise<Gossip> {
  const { signal } = new AbortController()
  const defaults = {
    network: a.network(),
    trust: a.trust(),
    now: () => a.NOW,
    signal,
    listen: '127.0.0.1:0',
    devnet: true,
  }
  const node = await joinGossip({ ...defaults, bootstrap: [], ...change })
  open.push(node)
  return node
}

/** A node of the same network that says whatever it likes, in the victim's mesh. */
export async function attack(victim: Gossip): Promise<Node> {
  const topics = new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]]))
  const node = await startNode({
    listen: '127.0.0.1:0',
    identity: undefined,
    devnet: true,
    topics,
    standing: () => 0,
    gate: { banned: () => false, bonded: () => false },
  })
  open.push({ stop: async () => node.host.stop() })
  await dial(node, victim.addresses[0] ?? '')
  await inMesh(victim, node.host.peerId.toString())
  await vi.waitUntil(() => node.router.getSubscribers(names.of('state')).length === 1, ROOMY)
  return node
}

/** Connects to an address. */
export async function dial({ host }: Node, address: string): Promise<void> {
  await host.dial(multiaddr(address))
}

/** Both forward every topic to each other. */
export const linked = (one: Gossip, other: Gossip): Promise<unknown> =>
  Promise.all([inMesh(one, other.peerId), inMesh(other, one.peerId)])

/** Waits until a peer is in every mesh of a node. */
export const inMesh = (node: Gossip, peer: string): Promise<unknown> =>
  vi.waitUntil(() => node.peers().some(({ id, mesh }) => id === peer && mesh.length === KINDS.length), ROOMY)
