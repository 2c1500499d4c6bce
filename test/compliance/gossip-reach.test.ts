// Ways to peers besides plain TCP: each connects, and none is needed.
import { afterEach, expect, test, vi } from 'vitest'
import { instant } from '../../agent/domain/units.ts'
import { join, linked, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'

afterEach(stopAll)

test('a price travels over QUIC between nodes that also listen on TCP', async () => {
  const speaker = await join({ reach: { quic: true } })
  const quic = speaker.addresses.filter((address) => address.includes('/quic-v1'))
  expect(speaker.addresses.length).toBeGreaterThan(quic.length)
  const reader = await join({ reach: { quic: true }, bootstrap: quic })
  await linked(speaker, reader)
  expect(reader.peers()[0]?.address).toContain('/quic-v1')
  await speaker.publish('price', a.priceBatch({ sequence: instant(a.NOW + 1) }))
  await vi.waitUntil(() => reader.stats().received.price === 1, ROOMY)
})

test('a node without QUIC is reached over TCP by one that has it', async () => {
  const plain = await join()
  const both = await join({ reach: { quic: true }, bootstrap: plain.addresses })
  await linked(plain, both)
  expect(both.peers()[0]?.address).toContain('/tcp/')
})

test('a private network does not open itself over QUIC', async () => {
  const swarmKey = Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${'ab'.repeat(32)}`)
  await expect(join({ swarmKey, reach: { quic: true } })).rejects.toMatchObject({ code: 'E_REACH' })
})

test('a node behind a NAT is reached through a relay', async () => {
  const relay = await join({ reach: { relay: true } })
  const hidden = await join({ reach: { nat: true }, bootstrap: relay.addresses })
  const relayed = (): readonly string[] => hidden.addresses.filter((address) => address.includes('/p2p-circuit'))
  await vi.waitUntil(() => relayed().length > 0, ROOMY)
  const guest = await join({ reach: { nat: true }, bootstrap: relayed().slice(0, 1) })
  await vi.waitUntil(() => guest.peers().some(({ id }) => id === hidden.peerId), ROOMY)
  await vi.waitUntil(() => hidden.peers().some(({ id }) => id === guest.peerId), ROOMY)
})

test('two nodes that know one hub find each other by its table of peers', async () => {
  const hub = await join({ reach: { dht: true } })
  const one = await join({ reach: { dht: true }, bootstrap: hub.addresses })
  const other = await join({ reach: { dht: true }, bootstrap: hub.addresses })
  await linked(one, other)
})
