// The fast lane: prices between peers that chose each other, checked like gossip; and peers that are not what they should be.
import { multiaddr } from '@multiformats/multiaddr'
import * as frames from 'it-length-prefixed'
import { afterEach, expect, test, vi } from 'vitest'
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { newIdentity } from '../../agent/adapters/gossip/identity.ts'
import type { Node } from '../../agent/adapters/gossip/libp2p.ts'
import type { GossipEvent } from '../../agent/adapters/gossip/links.ts'
import { protocolPrefix } from '../../agent/adapters/gossip/topics.ts'
import { instant } from '../../agent/domain/units.ts'
import { attack, join, linked, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'

afterEach(stopAll)

const LANE = `${protocolPrefix(a.network())}/lane`
const priceBytes = (n: number, signer = a.alice): Uint8Array =>
  toBytes(SHAPES.price, a.priceBatch({ sequence: instant(a.NOW + n) }, signer))

test('a price on the lane is the price of gossip, delivered once', async () => {
  const identity = await newIdentity()
  const once = await join({ identity })
  await once.stop()
  const events: GossipEvent[] = []
  const publisher = await join({ lanes: [`/ip4/127.0.0.1/tcp/1/p2p/${once.peerId}`] })
  const reader = await join({ identity, lanes: publisher.addresses, report: (event) => events.push(event) })
  await linked(publisher, reader)
  await vi.waitUntil(() => events.some(({ kind }) => kind === 'lane'), ROOMY)
  await publisher.publish('price', a.priceBatch())
  await vi.waitUntil(() => reader.stats().rejected['price:stale'] === 1, ROOMY)
  expect(reader.stats().received.price).toBe(1)
})

test('chosen peers open a lane and both ends may speak on it', async () => {
  const events: GossipEvent[] = []
  const report = (event: GossipEvent): void => void events.push(event)
  const bonded = await join()
  const chosen = await attack(bonded)
  const heard: Uint8Array[] = []
  await chosen.host.handle(LANE, async (stream) => {
    stream.send(frames.encode.single(priceBytes(1)).sublist())
    for await (const frame of frames.decode(stream)) heard.push(frame.subarray())
  })
  const ours = await join({ lanes: chosen.host.getMultiaddrs().map(String), report })
  await vi.waitUntil(() => ours.stats().received.price === 1, ROOMY)
  await ours.publish('price', a.priceBatch({ sequence: instant(a.NOW + 2) }))
  await vi.waitUntil(() => heard.length === 1, ROOMY)
  expect(Buffer.compare(heard[0] ?? Buffer.of(), priceBytes(2))).toBe(0)
  expect(events.filter(({ kind }) => kind === 'lane')).toHaveLength(1)
})

test('a lane ends at the first price that does not verify, and a stranger gets none', async () => {
  const victim = await join()
  const liar = await attack(victim)
  const closed = Promise.withResolvers<void>()
  await liar.host.handle(LANE, (stream) => {
    stream.addEventListener('close', () => closed.resolve())
    stream.send(frames.encode.single(priceBytes(1, a.mallory)).sublist())
  })
  const ours = await join({ lanes: liar.host.getMultiaddrs().map(String) })
  await closed.promise
  expect(ours.stats().rejected['price:bad-signature']).toBe(1)
  const stream = await liar.host.dialProtocol(multiaddr(victim.addresses[0] ?? ''), LANE)
  await vi.waitUntil(() => stream.status !== 'open', ROOMY)
  expect(victim.stats().rejected).toEqual({})
})

test('a peer of another network stays connected, is named, counted and never heard', async () => {
  const events: GossipEvent[] = []
  const host = await join({ report: (event) => events.push(event) })
  await join({ network: a.network({ name: 'elsewhere' }), bootstrap: host.addresses })
  await vi.waitUntil(() => events.some(({ kind }) => kind === 'other-network'), ROOMY)
  expect(host.stats().rejected).toEqual({ 'connection:other-network': 1 })
  expect(host.peers().map(({ topics }) => topics)).toEqual([[]])
})

test('a frame that announces a gigabyte ends its stream and is counted, and the node goes on', async () => {
  const events: GossipEvent[] = []
  const victim = await join({ report: (event) => events.push(event) })
  const bomber = await attack(victim)
  for (let n = 0; n < 2; n++) await beat(bomber)
  const [outbound] = bomber.router.streamsOutbound.values()
  const { rawStream } = outbound as { rawStream: { send(bytes: Uint8Array): boolean } }
  rawStream.send(Uint8Array.from([0x80, 0x80, 0x80, 0x80, 0x04, 1, 2, 3]))
  await vi.waitUntil(() => events.some(({ kind }) => kind === 'stream-broken'), ROOMY)
  expect(victim.stats().rejected['connection:stream-broken']).toBe(1)
  const friend = await join({ bootstrap: victim.addresses })
  await linked(friend, victim)
  await friend.publish('price', a.priceBatch())
  await vi.waitUntil(() => victim.stats().received.price === 1, ROOMY)
})

test('ten thousand topics of one peer are forgotten with it', async () => {
  const victim = await join()
  const flooder = await attack(victim)
  for (let n = 0; n < 10_000; n++) flooder.router.subscribe(`/flood/${n}`)
  await new Promise((resolve) => setImmediate(resolve))
  const friend = await join({ bootstrap: victim.addresses })
  await linked(friend, victim)
  await flooder.host.stop()
  await vi.waitUntil(() => victim.peers().length === 1, ROOMY)
  await friend.publish('price', a.priceBatch())
  await vi.waitUntil(() => victim.stats().received.price === 1, ROOMY)
})

/** One round of maintenance: a node looks at its peers as often. */
const beat = ({ router }: Node): Promise<unknown> =>
  new Promise((heard) => router.addEventListener('gossipsub:heartbeat', heard, { once: true }))
