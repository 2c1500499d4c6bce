// Bombs, a reader that stands still and a flood that has to wait, on nodes in processes of their own, so that memory is theirs.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { multiaddr } from '@multiformats/multiaddr'
import * as frames from 'it-length-prefixed'
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { type Node, startNode } from '../../agent/adapters/gossip/libp2p.ts'
import { KINDS, TOPICS, topicNames } from '../../agent/adapters/gossip/topics.ts'
import * as a from '../unit/gossip/builders.ts'
import type { Speech, Start, State } from './lone-node.ts'
import { samples } from './samples.ts'
import { round, type Scenario } from './scenario-words.ts'

type Lone = { readonly child: ChildProcess; readonly addresses: readonly string[] }

async function start(how: Start): Promise<Lone> {
  const child = fork(fileURLToPath(new URL('./lone-node.ts', import.meta.url)), [], { execArgv: ['--expose-gc'] })
  started.push(child)
  const told = answer<readonly string[]>(child)
  child.send(how)
  return { child, addresses: await told }
}

const answer = <T>(child: ChildProcess): Promise<T> =>
  new Promise((heard) => child.once('message', (said) => heard(said as T)))

function tell({ child }: Lone): Promise<State> {
  const told = answer<State>(child)
  child.send('tell')
  return told
}

const say = ({ child }: Lone, speech: Speech): void => void child.send(speech)

/** Asks until it is so, a minute at most. Answers the last state. */
async function until(node: Lone, so: (state: State) => boolean): Promise<State> {
  let state = await tell(node)
  for (let tries = 0; !so(state) && tries < 240; tries++) {
    await wait(250)
    state = await tell(node)
  }
  return state
}

const started: ChildProcess[] = []

/** Plays a scenario, and leaves no process behind however it ends. */
const ending =
  (scenario: Scenario): Scenario =>
  async (seed, scale) => {
    try {
      return await scenario(seed, scale)
    } finally {
      for (const child of started.splice(0)) child.kill('SIGKILL')
    }
  }

const meshed = ({ peers }: State): boolean => peers.some(({ mesh }) => mesh.length === KINDS.length)
const MB = 2 ** 20

const names = topicNames(a.network())

/** A peer that says whatever it likes, and has a stream open. */
async function rogue(target: readonly string[]): Promise<Node> {
  const node = await startNode({
    ...{ listen: '127.0.0.1:0', identity: undefined, devnet: true, standing: () => 0 },
    ...{ topics: new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]])) },
    gate: { banned: () => false, bonded: () => false },
  })
  await node.host.dial(multiaddr(target[0] ?? ''))
  for (let tries = 0; node.router.streamsOutbound.size === 0 && tries < 600; tries++) await wait(100)
  return node
}

/** Sends frames as they are, on a stream of its own; a stream that breaks under them has done its part. */
async function send({ host }: Node, bytes: readonly Uint8Array[]): Promise<void> {
  const [peer] = host.getPeers()
  if (peer === undefined) return
  const stream = await host.dialProtocol(peer, '/meshsub/1.1.0')
  try {
    for (const frame of bytes) if (!stream.send(frame)) await stream.onDrain()
  } catch {
    stream.abort(new Error('cut off'))
  }
}

/** Protobuf, by hand: field `n` with these bytes. */
function field(n: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of((n << 3) | 2), varint(content.length), content])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
  return Buffer.of(...bytes, left)
}

const framed = (rpc: Uint8Array): Uint8Array => frames.encode.single(rpc).subarray()
const many = (count: number, one: (n: number) => Uint8Array): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, (_, n) => one(n)))
const id = (n: number): Uint8Array => Buffer.of(n & 255, (n >> 8) & 255)
const topic = Buffer.from(names.of('price'))
/** Ids that fit into a frame of a megabyte: a million are five of them. */
const IDS = 200_000

/** Frames of one bomb (RPC: subscriptions 1, control 3; control: ihave 1, iwant 2, prune 4, idontwant 5). */
const BOMBS: Readonly<Record<string, () => readonly Uint8Array[]>> = {
  ihave: () =>
    five(
      framed(
        field(
          3,
          field(
            1,
            field(1, topic),
            many(IDS, (n) => field(2, id(n))),
          ),
        ),
      ),
    ),
  iwant: () =>
    five(
      framed(
        field(
          3,
          field(
            2,
            many(IDS, (n) => field(1, id(n))),
          ),
        ),
      ),
    ),
  idontwant: () =>
    five(
      framed(
        field(
          3,
          field(
            5,
            many(IDS, (n) => field(1, id(n))),
          ),
        ),
      ),
    ),
  topics: () => five(framed(many(10_000, (n) => field(1, Buffer.of(8, 1), field(2, Buffer.from(`/flood/${n}`)))))),
  prune: () =>
    five(
      framed(
        field(
          3,
          field(
            4,
            field(1, topic),
            many(5_000, (n) => field(2, field(1, id(n)))),
          ),
        ),
      ),
    ),
  'four megabytes': () => [Buffer.concat([varint(4 * MB), new Uint8Array(4 * MB)])],
}

const five = (frame: Uint8Array): readonly Uint8Array[] => Array.from({ length: 5 }, () => frame)

/** Every kind of bomb by a peer of its own: it is dropped, memory stays, and a friend is heard. */
export const bombs: Scenario = ending(async (seed) => {
  const victim = await start({ bootstrap: [] })
  const friend = await start({ bootstrap: victim.addresses })
  const { rss } = await until(victim, meshed)
  const dropped: string[] = []
  for (const [name, make] of Object.entries(BOMBS)) {
    const bomber = await rogue(victim.addresses)
    const peer = bomber.host.peerId.toString()
    await send(bomber, make())
    const { peers } = await until(victim, (state) => state.peers.every((one) => one.id !== peer))
    if (peers.every((one) => one.id !== peer)) dropped.push(name)
    await bomber.host.stop()
  }
  const half = await rogue(victim.addresses)
  await send(half, [Buffer.concat([varint(1_000), new Uint8Array(10)])])
  say(friend, { perSecond: 4, seconds: 1, entries: 2 })
  const { stats, rss: after } = await until(victim, ({ heard }) => heard.length >= 4)
  await half.host.stop()
  const { peers } = await until(victim, (state) => state.peers.length === 1)
  const grownMb = round((after - rss) / MB)
  const passed = dropped.length === Object.keys(BOMBS).length && grownMb <= 64 && stats.received.price >= 4
  return { scenario: 'S12 bombs', seed, dropped, grownMb, heard: stats.received.price, left: peers.length, passed }
})

/** A reader is stopped for twenty seconds while a megabyte and more is said to it, then goes on. */
export const stalled: Scenario = ending(async (seed, scale) => {
  const [reader, sender] = await pair()
  const stop = 20 * scale
  say(sender, { perSecond: 40, seconds: 15 + stop + 20, entries: 128 })
  await until(reader, ({ heard }) => heard.length > 0)
  await wait(10_000 * scale)
  const { rss } = await tell(sender)
  reader.child.kill('SIGSTOP')
  await wait(stop * 1_000)
  const { rss: after } = await tell(sender)
  reader.child.kill('SIGCONT')
  const woken = Date.now()
  const fresh = ({ at, age }: State['heard'][number]): boolean => at >= woken && at - age >= woken
  const { heard } = await until(reader, (state) => state.heard.some(fresh))
  const resumedMillis = (heard.find(fresh)?.at ?? Number.POSITIVE_INFINITY) - woken
  const oldest = Math.max(...heard.map(({ age }) => age))
  const grownMb = round((after - rss) / MB)
  const passed = resumedMillis <= 5_000 && oldest <= 2_000 && grownMb <= 8
  return { scenario: 'S13 stalled reader', seed, resumedMillis, oldestActedOnMillis: oldest, grownMb, passed }
})

async function pair(): Promise<readonly [Lone, Lone]> {
  const one = await start({ bootstrap: [] })
  const other = await start({ bootstrap: one.addresses })
  await until(one, meshed)
  return [one, other]
}

/** States of a block that nobody knows, which have to wait, as fast as they can be sent. */
export const flooded: Scenario = ending(async (seed, scale) => {
  const victim = await start({ bootstrap: [], blind: true })
  const friend = await start({ bootstrap: victim.addresses })
  await until(victim, meshed)
  const flooder = await rogue(victim.addresses)
  await until(victim, ({ peers }) => peers.length === 2)
  const { rss } = await tell(victim)
  const count = Math.ceil(10_000 * scale)
  let most = rss
  for (let n = 0; n < count; n++) {
    const data = toBytes(SHAPES.state, { ...samples.state, version: BigInt(n + seed * 1_000_000) })
    await flooder.router.publish(names.of('state'), data, { floodPublish: true }).catch(() => {}) // It may be cut off.
    if (n % 500 === 499) most = Math.max(most, (await tell(victim)).rss)
  }
  say(friend, { perSecond: 4, seconds: 1, entries: 2 })
  const { stats } = await until(victim, ({ heard }) => heard.length >= 4)
  await flooder.host.stop()
  const grownMb = round((most - rss) / MB)
  const examined = Object.values(stats.rejected).reduce((sum, n) => sum + n, 0)
  const passed = grownMb <= 32 && stats.received.price >= 4
  return { scenario: 'S14 flood that must wait', seed, sent: count, examined, grownMb, passed }
})
