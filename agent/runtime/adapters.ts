// What an agent stands on besides its chains: a shell other than the command line may put something else in its place.
import { readFileSync } from 'node:fs'
import type { AgentConfig } from '../../config/schema.ts'
import { systemClock } from '../adapters/clock/system-clock.ts'
import type { GossipOptions } from '../adapters/gossip/node.ts'
import { configError } from '../domain/errors.ts'
import type { Millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gossip } from '../ports/gossip.ts'
import type { Journal } from '../ports/journal.ts'
import type { Emit } from './events.ts'
import type { Attend } from './house.ts'

/** The adapters that can be exchanged, and two that can be listened to. */
export type Adapters = {
  readonly clock: Clock
  /** On a thread of its own when `apart`. */
  readonly gossip: (options: GossipOptions & { readonly apart: boolean }) => Promise<Gossip>
  /** The journal as the agent sees it. */
  readonly journal: (journal: Journal) => Journal
  /** Longest wait for one answer of a provider; the links' own by default. */
  readonly timeout?: Millis
  /** The agent's voice. */
  readonly emit: (emit: Emit) => Emit
  /** Whoever watches the agent while it runs. */
  readonly attend?: Attend
}

/** What `lienmesh run` uses. The network of agents is loaded when it is joined. */
export const usual: Adapters = {
  clock: systemClock,
  gossip: async ({ apart, ...options }) =>
    apart
      ? (await import('../adapters/gossip/thread/apart.ts')).joinGossipApart(options)
      : (await import('../adapters/gossip/node.ts')).joinGossip(options),
  journal: (journal) => journal,
  emit: (emit) => emit,
}

/** The transport's part of the options, from the config. */
export const transportOf = ({ p2p }: AgentConfig) => ({
  listen: p2p.listen,
  announce: p2p.announce,
  bootstrap: p2p.bootstrap,
  mdns: p2p.mdns,
  lanes: p2p.lanes,
  apart: p2p.thread,
  reach: { quic: p2p.quic, relay: p2p.relay, nat: p2p.nat, dht: p2p.dht },
  devnet: p2p.listen.startsWith('/ip4/127.0.0.1/'),
  ...(p2p.swarmKey !== undefined && { swarmKey: swarmKeyIn(p2p.swarmKey) }),
})

/** A swarm.key as go-libp2p and kubo write it: three lines, the last one 32 bytes in hex. */
function swarmKeyIn(path: string): Uint8Array {
  const bytes = readFileSync(path)
  const lines = bytes.toString('utf8').trim().split('\n')
  if (lines[0] === '/key/swarm/psk/1.0.0/' && lines[1] === '/base16/' && /^[0-9a-f]{64}$/.test(lines[2] ?? ''))
    return bytes
  throw configError(
    'E_SWARM_KEY',
    `${path} is no swarm key`,
    'It has three lines: /key/swarm/psk/1.0.0/, /base16/ and 64 hex digits.',
  )
}
