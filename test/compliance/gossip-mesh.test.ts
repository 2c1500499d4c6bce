// What only real nodes can show: meshes, adversaries, lost links, and a clean end.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lpStream } from '@libp2p/utils'
import { afterEach, expect, test, vi } from 'vitest'
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { newIdentity } from '../../agent/adapters/gossip/identity.ts'
import { createBans, type GossipEvent, keepLinked, watchLinks } from '../../agent/adapters/gossip/links.ts'
import { protocolPrefix, TOPICS, topicNames } from '../../agent/adapters/gossip/topics.ts'
import type { PriceBatch } from '../../agent/domain/market.ts'
import { instant } from '../../agent/domain/units.ts'
import type { Gossip } from '../../agent/ports/gossip.ts'
import { attack, dial, inMesh, join, linked, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'
import { provenState } from '../unit/gossip/state-builder.ts'

const names = topicNames(a.network())

afterEach(stopAll)

test('six nodes that know one of them hear every price of each other', async () => {
  const hub = await join()
  const leaves = await Promise.all(Array.from({ length: 5 }, () => join({ bootstrap: hub.addresses })))
  await Promise.all(leaves.map((leaf) => linked(hub, leaf)))
  const nodes = [hub, ...leaves]
  for (const [index, node] of nodes.entries()) {
    await node.publish('price', batch(index))
    const others = nodes.filter((other) => other !== node)
    await vi.waitUntil(() => others.every((other) => prices(other) + published(other) === index + 1), ROOMY)
  }
  expect(nodes.map(prices)).toEqual(nodes.map(() => 5))
})

test('a late joiner is meshed and hears the next price', async () => {
  const first = await join()
  const second = await join({ bootstrap: first.addresses })
  await linked(first, second)
  await first.publish('price', batch(0))
  await vi.waitUntil(() => prices(second) === 1, ROOMY)
  const late = await join({ bootstrap: second.addresses })
  await linked(second, late)
  await first.publish('price', batch(1))
  await vi.waitUntil(() => prices(late) === 1, ROOMY)
  expect(prices(second)).toBe(2)
})

test('agents that hear each other say where they are get linked without a bootstrap node', async () => {
  const trust = a.trust({ attestor: () => true })
  const hub = await join({ trust })
  const here = await join({ trust, bootstrap: hub.addresses })
  const there = await join({ trust, bootstrap: hub.addresses })
  await Promise.all([linked(hub, here), linked(hub, there)])
  await here.publish('status', a.status({ addresses: here.addresses }))
  await linked(here, there)
  await hub.stop()
  await here.publish('price', batch(0))
  await vi.waitUntil(() => prices(there) === 1, ROOMY)
})

test('a bootstrap node that comes back is dialled again', async () => {
  const identity = await newIdentity()
  const first = await join({ identity })
  const [address = ''] = first.addresses
  const events: GossipEvent[] = []
  const second = await join({ bootstrap: [address], report: (event) => events.push(event) })
  await linked(first, second)
  await first.stop()
  await vi.waitUntil(() => events.some(({ kind }) => kind === 'unreachable'), ROOMY)
  const again = await join({ identity, listen: address.split('/p2p/')[0] ?? '' })
  await linked(again, second)
  await again.publish('price', batch(0))
  await vi.waitUntil(() => prices(second) === 1, ROOMY)
  expect(again.peerId).toBe(first.peerId)
})

test.for<[string, () => Promise<readonly [keyof typeof TOPICS, Uint8Array]>, string]>([
  ['a forged price', async () => ['price', bytesOf(a.priceBatch({}, a.mallory))], 'price:bad-signature'],
  [
    'a price of no publisher',
    async () => ['price', bytesOf(a.priceBatch({ publisher: a.mallory.address }, a.mallory))],
    'price:unknown-publisher',
  ],
  [
    'a mirrored signature',
    async () => ['price', bytesOf({ ...a.priceBatch(), signature: a.highS(a.priceBatch().signature) })],
    'price:high-s',
  ],
  ['garbage', async () => ['claim', new Uint8Array(300).fill(0x5f)], 'claim:malformed'],
  ['an oversize claim', async () => ['claim', new Uint8Array(TOPICS.claim.maxSize + 1)], 'claim:oversize'],
  ['an oversize state', async () => ['state', new Uint8Array(TOPICS.state.maxSize + 1)], 'state:oversize'],
  ['a state with a broken proof', async () => ['state', await brokenState()], 'state:bad-proof'],
])('%s is rejected and costs its sender score', async ([, make, reason]) => {
  const victim = await join()
  const adversary = await attack(victim)
  const [kind, bytes] = await make()
  await adversary.router.publish(names.of(kind), bytes, { floodPublish: true })
  await vi.waitUntil(() => victim.stats().rejected[reason] === 1, ROOMY)
  await vi.waitUntil(() => (victim.peers()[0]?.score ?? 0) < 0, ROOMY)
  expect(victim.stats().rejected).toEqual({ [reason]: 1 })
})

test('a frame above every limit ends its stream, not the node', async () => {
  const victim = await join()
  const adversary = await attack(victim)
  await adversary.router.publish(names.of('state'), new Uint8Array(2_000_000), { floodPublish: true }).catch(() => {})
  const friend = await join({ bootstrap: victim.addresses })
  await linked(friend, victim)
  await friend.publish('price', batch(0))
  await vi.waitUntil(() => prices(victim) === 1, ROOMY)
  const { 'connection:stream-broken': _, ...rejected } = victim.stats().rejected
  expect(rejected).toEqual({})
})

test('a peer that keeps sending forgeries is banned and refused', async () => {
  const events: GossipEvent[] = []
  const victim = await join({ report: (event) => events.push(event) })
  const adversary = await attack(victim)
  const forgeries = [1, 2, 3, 4].map((n) => bytesOf(a.priceBatch({ sequence: instant(a.NOW + n) }, a.mallory)))
  for (const bytes of forgeries) await adversary.router.publish(names.of('price'), bytes, { floodPublish: true })
  const peer = adversary.host.peerId.toString()
  await vi.waitUntil(() => events.some((event) => event.kind === 'banned' && event.peer === peer), ROOMY)
  await vi.waitUntil(() => victim.peers().length === 0, ROOMY)
  await dial(adversary, victim.addresses[0] ?? '').catch(() => {})
  await vi.waitUntil(() => adversary.host.getConnections().length === 0, ROOMY)
  expect(events.filter((event) => event.kind === 'connected')).toHaveLength(1)
})

test('a link that stays up but cannot be written to is hung up by either end and replaced', async () => {
  const listener = await join()
  const leaving = new AbortController()
  const events: GossipEvent[] = []
  const report = (event: GossipEvent): void => void events.push(event)
  const node = await attack(listener)
  watchLinks(
    node,
    createBans(() => a.NOW),
    report,
    leaving.signal,
  )
  const [address = ''] = listener.addresses
  const linked = keepLinked(node, address, report, leaving.signal)
  for (const stream of node.router.streamsOutbound.values()) breakStream(stream)
  await vi.waitUntil(() => events.some(({ kind }) => kind === 'lost'), ROOMY)
  await vi.waitUntil(() => node.router.streamsOutbound.size === 1, ROOMY)
  await inMesh(listener, node.host.peerId.toString())
  await vi.waitUntil(() => node.router.getSubscribers(names.of('price')).length === 1, ROOMY)
  await node.router.publish(names.of('price'), bytesOf(batch(0)), { floodPublish: true })
  await vi.waitUntil(() => prices(listener) === 1, ROOMY)
  leaving.abort()
  await linked
})

test('a judge that throws is reported and the next message is judged', async () => {
  const events: GossipEvent[] = []
  const listener = await join({ report: (event) => events.push(event) })
  const speaker = await join({ bootstrap: listener.addresses })
  await linked(speaker, listener)
  const { signal } = new AbortController()
  listener.messages(() => {
    if (listener.stats().priceLatency.length === 1) throw new Error('no such account')
    return { kind: 'accept' }
  }, signal)
  await speaker.publish('price', batch(0))
  await vi.waitUntil(() => events.some((event) => event.kind === 'fault' && event.reason === 'no such account'), ROOMY)
  await speaker.publish('price', batch(1))
  await vi.waitUntil(() => prices(listener) === 1, ROOMY)
})

test('a malformed question to a provider is answered, not trusted', async () => {
  const provider = await join()
  provider.serve(async () => ({ kind: 'declined', reason: 'never asked' }))
  const adversary = await attack(provider)
  const peer = adversary.host.getPeers()[0]
  if (peer === undefined) throw new Error('expected the provider to be connected')
  const stream = await adversary.host.dialProtocol(peer, `${protocolPrefix(a.network())}/offer`)
  const frames = lpStream(stream)
  await frames.write(new Uint8Array([0x80]))
  const answer = (await frames.read()).subarray()
  expect(Buffer.from(answer).includes('malformed-request')).toBe(true)
  stream.abort(new Error('done'))
})

test('a node that leaves lets its process end', async () => {
  const script = fileURLToPath(new URL('./gossip-leaver.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
  expect(stdout).toBe('heard 1, stopped\n')
})

/** What a full write buffer does to gossipsub's stream: it is aborted, the connection stays. */
function breakStream(stream: unknown): void {
  const { rawStream } = stream as { rawStream: { abort(error: Error): void } }
  rawStream.abort(new Error('write buffer full'))
}

async function brokenState(): Promise<Uint8Array> {
  const state = await provenState()
  return toBytes(SHAPES.state, { ...state, proofs: state.proofs.map((proof) => ({ ...proof, accountProof: [] })) })
}

const prices = (node: Gossip): number => node.stats().received.price
const published = (node: Gossip): number => node.stats().published.price
const batch = (n: number): PriceBatch => a.priceBatch({ sequence: instant(a.NOW + n) })
const bytesOf = (of: PriceBatch): Uint8Array => toBytes(SHAPES.price, of)
