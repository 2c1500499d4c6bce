// A node in a process of its own, for tests that stop it, bomb it or read its memory. Does what its parent says.
import { setTimeout as wait } from 'node:timers/promises'
import { joinGossip } from '../../agent/adapters/gossip/node.ts'
import type { PriceBatch } from '../../agent/domain/market.ts'
import { instant } from '../../agent/domain/units.ts'
import type { Gossip, GossipStats, PeerInfo } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'
import { samples } from './samples.ts'

/** What it is started with. `blind`: it knows no block, so that every state waits. */
export type Start = { readonly bootstrap: readonly string[]; readonly blind?: boolean; readonly listen?: string }
/** Prices to say as somebody: so many a second with so many entries, believed for two seconds. */
export type Speech = {
  readonly perSecond: number
  readonly seconds: number
  readonly entries: number
  readonly as?: string
}
/** How it is. Prices accepted: when, and how old they were then, in milliseconds of the wall clock. */
export type State = {
  readonly rss: number
  readonly heard: readonly { readonly id: string; readonly at: number; readonly age: number }[]
  readonly stats: Pick<GossipStats, 'received' | 'rejected' | 'published'>
  readonly peers: readonly PeerInfo[]
}

if (process.send !== undefined) process.once('message', (start) => void live(start as Start))

async function live({ bootstrap, blind = false, listen = '127.0.0.1:0' }: Start): Promise<void> {
  const { signal } = new AbortController()
  const trust = a.trust({ publisher: () => true, ...(blind && { trusted: () => 'unknown' }) })
  const open = { network: a.network(), trust, now: () => instant(Date.now()), devnet: true, signal }
  const node = await joinGossip({ ...open, listen, bootstrap })
  const heard: { id: string; at: number; age: number }[] = []
  const read = node.messages(({ kind, payload }) => {
    if (kind === 'price') heard.push({ id: idOf(payload), at: Date.now(), age: Date.now() - payload.sequence })
    return { kind: 'accept' }
  }, signal)
  process.once('disconnect', () => process.exit())
  process.on('message', (word) => {
    if (word === 'state') return void node.publish('state', samples.state)
    if (word !== 'tell') return void speak(node, word as Speech)
    globalThis.gc?.()
    const { received, rejected, published } = node.stats()
    const stats = { received, rejected, published }
    process.send?.({ rss: process.memoryUsage.rss(), heard, stats, peers: node.peers() } satisfies State)
  })
  process.send?.(node.addresses)
  for await (const _ of read);
}

/** Whose price, and which. */
const idOf = ({ publisher, sequence }: PriceBatch): string => `${publisher}:${sequence}`

async function speak(node: Gossip, { perSecond, seconds, entries, as = 'alice publishes' }: Speech): Promise<void> {
  const [entry] = a.priceBatch().entries
  const author = a.person(as)
  if (entry === undefined) return
  const all = Array.from({ length: entries }, (_, feed) => ({ ...entry, feed, shocks: (1n << 255n) + BigInt(feed) }))
  for (let n = 0; n < perSecond * seconds; n++) {
    const now = Date.now()
    const said = { publisher: author.address, sequence: instant(now), validUntil: instant(now + 2_000), entries: all }
    await node.publish('price', a.priceBatch(said, author))
    await wait(1_000 / perSecond)
  }
}
