// What an agent stands on besides its chains: a shell other than the command line may put something else in its place.
import type { AgentConfig } from '../../config/schema.ts'
import { systemClock } from '../adapters/clock/system-clock.ts'
import type { GossipOptions } from '../adapters/gossip/node.ts'
import type { Millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gossip } from '../ports/gossip.ts'
import type { Journal } from '../ports/journal.ts'
import type { Emit } from './events.ts'
import type { Attend } from './house.ts'

/** The adapters that can be exchanged, and two that can be listened to. */
export type Adapters = {
  readonly clock: Clock
  readonly gossip: (options: GossipOptions) => Promise<Gossip>
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
  gossip: async (options) => (await import('../adapters/gossip/node.ts')).joinGossip(options),
  journal: (journal) => journal,
  emit: (emit) => emit,
}

/** The transport's part of the options, from the config. */
export const transportOf = ({ p2p }: AgentConfig) => ({
  listen: p2p.listen,
  bootstrap: p2p.bootstrap,
  devnet: p2p.listen.startsWith('/ip4/127.0.0.1/'),
})
