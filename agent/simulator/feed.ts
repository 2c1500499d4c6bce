// The publishers: every interval each signs one batch of all feeds, and gossip brings it to every agent, late or never.
import type { PriceBatch } from '../domain/market.ts'
import { type ChainId, instant } from '../domain/units.ts'
import type { Chance } from '../maths/risk/random.ts'
import type { GossipLaw, WorldSpec } from './spec.ts'

/** One round of all publishers. `at` is the world's time. */
export function publish({ prices, market, opensAt }: WorldSpec, engine: ChainId, at: number): readonly PriceBatch[] {
  return prices.publishers.map((publisher, i) => ({
    engine,
    publisher,
    sequence: instant(at),
    validUntil: instant(at + 2 * prices.maxAge),
    entries: market.entries(at - opensAt, i),
    signature: '0x',
  }))
}

/** How long one message takes to one agent; undefined when it is lost. */
export function delivery(from: Chance, { median, spread, loss }: GossipLaw): number | undefined {
  const delay = median * Math.exp(spread * from.normal())
  return from.uniform() < loss ? undefined : Math.ceil(delay)
}
