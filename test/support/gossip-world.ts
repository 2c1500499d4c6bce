// A network in virtual time: every node is our real receiving half, with its checks, budgets, bans and shelf. What is modelled is
// what carries bytes: who is linked to whom, delays, losses, and a mesh that drops a relay as the real one scores it.

import { hash } from 'node:crypto'
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { createCounters } from '../../agent/adapters/gossip/counters.ts'
import { createInbound, type Inbound } from '../../agent/adapters/gossip/inbound.ts'
import { THRESHOLDS } from '../../agent/adapters/gossip/scores.ts'
import { createWitness, type Witness } from '../../agent/adapters/gossip/witness.ts'
import type { Kind, Payloads, Verified } from '../../agent/domain/message.ts'
import { type Instant, instant } from '../../agent/domain/units.ts'
import { mulberry32 } from '../../agent/maths/seeded.ts'
import type { GossipStats } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'

export type Node = {
  readonly name: string
  readonly witness: Witness
  readonly inbound: Inbound
  readonly stats: () => GossipStats
  /** What a reader of this node was handed, and when. */
  readonly heard: { readonly id: string; readonly message: Verified; readonly at: number }[]
  readonly links: Set<string>
  readonly scores: Map<string, number>
  readonly seen: Set<string>
  /** What it does with something it accepted: pass it on, or not. */
  relays: (kind: Kind, bytes: Uint8Array) => boolean
  up: boolean
  bytesIn: number
}

export type World = {
  readonly random: () => number
  readonly nodes: Map<string, Node>
  now: number
  readonly queue: { readonly at: number; readonly act: () => Promise<void> | void }[]
  /** Whether a link carries bytes now. */
  carries: (from: string, to: string) => boolean
  delay: () => number
}

/** An empty network at the time of all tests. */
export function openWorld(seed: number): World {
  const random = mulberry32(seed)
  const delay = (): number => 4 + 30 * random() ** 2
  return { random, nodes: new Map(), now: a.NOW, queue: [], carries: () => true, delay }
}

/** A node that reads everything; who is bonded is believed by it from the start. */
export function addNode(world: World, name: string, change: Parameters<typeof a.trust>[0] = {}): Node {
  const now = (): Instant => instant(Math.floor(world.now))
  const witness = createWitness({ network: a.network(), trust: a.trust(change), now })
  const counters = createCounters()
  const caught = (evidence: Payloads['evidence']): void => void say(world, name, 'evidence', evidence)
  const inbound = createInbound(witness, counters, { met: () => {}, kept: () => {}, caught })
  const node: Node = {
    ...{ name, witness, inbound, stats: counters.read, heard: [], up: true, bytesIn: 0 },
    ...{ links: new Set<string>(), scores: new Map(), seen: new Set<string>(), relays: () => true },
  }
  // A judge is asked at the moment of acceptance: what it sees is what a reader gets.
  inbound.messages((message) => {
    node.heard.push({ id: current, message, at: world.now })
    return { kind: 'accept' }
  }, new AbortController().signal)
  world.nodes.set(name, node)
  return node
}

/** Id of the message under examination: the world examines one at a time. */
let current = ''

/** Links two nodes, both ways. */
export function link(world: World, one: string, other: string): void {
  world.nodes.get(one)?.links.add(other)
  world.nodes.get(other)?.links.add(one)
}

/** Everybody gets about `degree` links to others that `may` be linked. */
export function mesh(world: World, degree: number, may: (one: Node, other: Node) => boolean = () => true): void {
  const all = [...world.nodes.values()].filter(({ up }) => up)
  for (const node of all) {
    const others = all.filter(
      (other) => other !== node && may(node, other) && !node.links.has(other.name) && fair(node, other),
    )
    while (node.links.size < degree && others.length > 0) {
      const [other] = others.splice(Math.floor(world.random() * others.length), 1)
      if (other !== undefined) link(world, node.name, other.name)
    }
  }
}

const fair = (one: Node, other: Node): boolean => scoreOf(one, other.name) >= 0 && scoreOf(other, one.name) >= 0
export const scoreOf = ({ scores }: Node, peer: string): number => scores.get(peer) ?? 0

/** Who says something, and to whom of those it is linked to: to everybody by default. */
export type From = string | { readonly name: string; readonly to: (peer: string) => boolean }

/** A node says something; its id tells it apart from everything else. */
export function say<K extends Kind>(world: World, from: From, kind: K, payload: Payloads[K]): string {
  const bytes = toBytes(SHAPES[kind], payload)
  sendBytes(world, from, kind, bytes)
  return idOf(bytes)
}

/** The same with bytes that may be anything. */
export function sendBytes(world: World, from: From, kind: Kind, bytes: Uint8Array): void {
  const { name, to } = typeof from === 'string' ? { name: from, to: () => true } : from
  const node = world.nodes.get(name)
  node?.seen.add(idOf(bytes))
  for (const peer of node?.links ?? [])
    if (to(peer) && world.carries(name, peer))
      at(world, world.delay(), () => arrive(world, { from: name, to: peer, kind, bytes }))
}

export const idOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64').slice(0, 27)

/** Does something later. */
export function at(world: World, after: number, act: () => Promise<void> | void): void {
  const due = world.now + after
  let low = 0
  for (let high = world.queue.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((world.queue[middle]?.at ?? 0) <= due) low = middle + 1
    else high = middle
  }
  world.queue.splice(low, 0, { at: due, act })
}

/** Lets time pass. Scores fade every second, and who fell below the ban is cut off. */
export async function run(world: World, millis: number): Promise<void> {
  const end = world.now + millis
  for (let next = world.queue.shift(); next !== undefined; next = world.queue.shift()) {
    if (next.at > end) {
      world.queue.unshift(next)
      break
    }
    fade(world, next.at)
    world.now = Math.max(world.now, next.at)
    await next.act()
  }
  fade(world, end)
  world.now = end
}

type Arrival = { readonly from: string; readonly to: string; readonly kind: Kind; readonly bytes: Uint8Array }

async function arrive(world: World, { from, to, kind, bytes }: Arrival): Promise<void> {
  const node = world.nodes.get(to)
  if (node === undefined || !node.up || !node.links.has(from) || !world.carries(from, to)) return
  node.bytesIn += bytes.length
  const id = idOf(bytes)
  if (node.seen.has(id)) return
  node.seen.add(id)
  current = id
  const { kind: verdict } = await node.inbound.receive(kind, bytes, from)
  if (verdict === 'reject') punish(world, node, from)
  if (verdict !== 'accept' || !node.relays(kind, bytes)) return
  for (const peer of node.links)
    if (peer !== from && world.carries(to, peer))
      at(world, world.delay(), () => arrive(world, { from: to, to: peer, kind, bytes }))
}

/** Ten points per invalid message, squared as gossipsub does; below the ban the link goes. */
function punish(world: World, node: Node, peer: string): void {
  const invalid = Math.sqrt(-scoreOf(node, peer) / 10) + 1
  node.scores.set(peer, -10 * invalid ** 2)
  if (scoreOf(node, peer) >= THRESHOLDS.graylistThreshold) return
  node.links.delete(peer)
  world.nodes.get(peer)?.links.delete(node.name)
}

/** Per second: 0.95 of the counter. Bans outlast a test. */
function fade(world: World, until: number): void {
  const seconds = Math.floor(until / 1_000) - Math.floor(world.now / 1_000)
  if (seconds <= 0) return
  for (const { scores } of world.nodes.values())
    for (const [peer, score] of scores)
      if (score >= THRESHOLDS.graylistThreshold) scores.set(peer, score * 0.95 ** (2 * seconds))
}

/** How many of the readers got each message, and how long it took them: from when it was said. */
export function delivery(
  nodes: readonly Node[],
  said: ReadonlyMap<string, { readonly at: number; readonly by: string }>,
): { readonly share: number; readonly p50: number; readonly p99: number; readonly max: number } {
  const delays: number[] = []
  let wanted = 0
  for (const [id, { at: since, by }] of said)
    for (const node of nodes.filter(({ name }) => name !== by)) {
      wanted++
      const found = node.heard.find((one) => one.id === id)
      if (found !== undefined) delays.push(found.at - since)
    }
  delays.sort((one, other) => one - other)
  const part = (share: number): number =>
    Math.round(delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0)
  return { share: wanted === 0 ? 1 : delays.length / wanted, p50: part(0.5), p99: part(0.99), max: part(1) }
}
