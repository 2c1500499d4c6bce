// A network of real nodes in one process, over TCP, and peers that mean it harm: for what only a real mesh can show.
// Strangers share this machine with the honest and get no more room than they would elsewhere.
import { setTimeout as wait } from 'node:timers/promises'
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { multiaddr } from '@multiformats/multiaddr'
import { fromBytes, SHAPES } from '../../agent/adapters/gossip/codec.ts'
import { type Node, startNode } from '../../agent/adapters/gossip/libp2p.ts'
import { type GossipOptions, joinGossip } from '../../agent/adapters/gossip/node.ts'
import { KINDS, TOPICS, topicNames } from '../../agent/adapters/gossip/topics.ts'
import type { Kind } from '../../agent/domain/message.ts'
import type { Network } from '../../agent/domain/network.ts'
import { type Instant, instant } from '../../agent/domain/units.ts'
import { mulberry32 } from '../../agent/maths/seeded.ts'
import type { Gossip, TrustBook } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'
import { named } from './scenario-words.ts'

export type Arena = {
  readonly network: Network
  readonly people: readonly a.Person[]
  readonly trust: TrustBook
  readonly now: () => Instant
  readonly random: () => number
  readonly agents: Agent[]
  readonly sybils: Sybil[]
  readonly sent: Sent[]
  readonly over: AbortController
}

/** An honest agent: bonded, and a publisher of prices. When it accepted each price, by author and sequence. */
export type Agent = { readonly node: Gossip; readonly signer: a.Person; readonly heard: Map<string, number> }

/** A peer without a bond. What it passes on is up to it. */
export type Sybil = { readonly node: Node; passes: (kind: Kind, data: Uint8Array) => boolean }

/** Nobody yet; `count` people may publish and attest. */
export function openArena(seed: number, count: number): Arena {
  const people = named('agent', count).map(a.person)
  const members = new Set(people.map(({ address }) => address))
  const network = a.network({ publishers: [...members], attestors: [...members] })
  const began = performance.now()
  return {
    ...{ network, people, agents: [], sybils: [], sent: [], over: new AbortController(), random: mulberry32(seed) },
    trust: a.trust({ publisher: (one) => members.has(one), attestor: (one) => members.has(one) }),
    now: () => instant(Math.floor(a.NOW + performance.now() - began)),
  }
}

/** The next of the people joins, says who it is, and reads everything. */
export async function enter(arena: Arena, change: Partial<GossipOptions> = {}): Promise<Agent> {
  const { network, trust, now, people, agents, over } = arena
  const signer = people[agents.length]
  if (signer === undefined) throw new Error('expected one more person')
  const open = { network, trust, now, listen: '127.0.0.1:0', devnet: true, wary: true, signal: over.signal }
  const node = await joinGossip({ ...open, bootstrap: addressesOf(agents.slice(-3)), ...change })
  const agent: Agent = { node, signer, heard: new Map() }
  agents.push(agent)
  await introduce(arena, agent)
  const read = node.messages((message) => {
    const { kind, payload } = message
    if (kind === 'price') agent.heard.set(`${payload.publisher}:${payload.sequence}`, performance.now())
    return { kind: 'accept' }
  }, over.signal)
  void (async () => {
    for await (const _ of read);
  })()
  return agent
}

export const addressesOf = (agents: readonly Pick<Agent, 'node'>[]): readonly string[] =>
  agents.flatMap(({ node }) => node.addresses)

/** Says again who an agent is, as agents do every few seconds. */
async function introduce({ network, now }: Arena, { node, signer }: Agent): Promise<void> {
  const change = { agent: signer.address, addresses: node.addresses.slice(0, 1), sequence: now() }
  await node.publish('status', a.status(change, signer, network))
}

/** A stranger that wants to be in every mesh, keeps dialling `targets`, and passes on nothing until told otherwise. */
export async function infiltrate(arena: Arena, targets: () => readonly string[]): Promise<Sybil> {
  const names = topicNames(arena.network)
  const node = await startNode({
    ...{ listen: '127.0.0.1:0', identity: undefined, devnet: true, standing: () => 0 },
    ...{ topics: new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]])) },
    gate: { banned: () => false, bonded: () => false },
  })
  Object.assign(internals(node).opts, { D: 200, Dlo: 190, Dhi: 400, Dout: 0 })
  const sybil: Sybil = { node, passes: () => false }
  arena.sybils.push(sybil)
  node.router.addEventListener('gossipsub:message', ({ detail: { msg, msgId, propagationSource } }) => {
    const kind = names.kind(msg.topic)
    const passed = kind !== undefined && sybil.passes(kind, msg.data)
    const result = passed ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
    node.router.reportMessageValidationResult(msgId, propagationSource.toString(), result)
  })
  void pester(arena, node, targets)
  return sybil
}

const internals = ({ router }: Node): { readonly opts: object } => router as unknown as { readonly opts: object }

/** Dials whoever it is not connected to, again and again. */
async function pester({ over: { signal } }: Arena, { host }: Node, targets: () => readonly string[]): Promise<void> {
  while (!signal.aborted) {
    const linked = new Set(host.getPeers().map(String))
    for (const target of targets().filter((one) => !linked.has(one.split('/p2p/')[1] ?? '')))
      await host.dial(multiaddr(target), { signal: AbortSignal.timeout(5_000) }).catch(() => {}) // It is tried again.
    await wait(PESTER, undefined, { signal }).catch(() => {}) // The siege is over.
  }
}

/** Milliseconds between a stranger's rounds. */
const PESTER = 3_000

/** Whose price it is. */
export const authorOf = (data: Uint8Array): string | undefined => fromBytes(SHAPES.price, data)?.publisher

/** What was said, when (in milliseconds of the process's clock), by whom. */
export type Sent = { readonly id: string; readonly at: number; readonly by: Agent }

/** Prices of random agents at an even pace until the end, and their statuses every five seconds. */
export async function trade(arena: Arena, perSecond: number): Promise<void> {
  const { agents, sent, random, over } = arena
  const began = performance.now()
  for (let n = 1; !over.signal.aborted; n++) {
    const early = began + (n * 1_000) / perSecond - performance.now()
    if (early > 0) await wait(early)
    const by = agents[Math.floor(random() * agents.length)]
    if (by === undefined || over.signal.aborted) continue
    sent.push(await speak(arena, by))
    if (n % (5 * perSecond) === 0) for (const agent of agents) await introduce(arena, agent)
  }
}

/** What is said within so many milliseconds from now. */
export async function listen({ sent }: Arena, millis: number): Promise<readonly Sent[]> {
  const from = sent.length
  await wait(millis)
  return sent.slice(from)
}

/** One price, now. */
async function speak({ now }: Arena, by: Agent): Promise<Sent> {
  const sequence = now()
  const change = { publisher: by.signer.address, sequence, validUntil: instant(sequence + 60_000) }
  const batch = a.priceBatch(change, by.signer)
  const sent = { id: `${by.signer.address}:${sequence}`, at: performance.now(), by }
  await by.node.publish('price', batch).catch(() => {}) // Its node is leaving.
  return sent
}

/** How many of those who should have it got it, and how long it took them. */
export function reached(sent: readonly Sent[], agents: readonly Agent[], within = Number.POSITIVE_INFINITY) {
  const waits = sent
    .flatMap(({ id, at, by }) =>
      agents.filter((one) => one !== by).map(({ heard }) => (heard.get(id) ?? Number.POSITIVE_INFINITY) - at),
    )
    .sort((one, other) => one - other)
  const part = (share: number): number => Math.round(waits[Math.floor(share * (waits.length - 1))] ?? 0)
  const got = waits.filter((one) => one <= within && one < Number.POSITIVE_INFINITY).length
  return { share: waits.length === 0 ? 1 : got / waits.length, p50: part(0.5), p99: part(0.99) }
}

/** Links in the meshes of prices from one honest agent to another: how many an agent has, on average and at least. */
export function bondedLinks({ agents }: Arena): { readonly mean: number; readonly least: number } {
  const honest = new Set(agents.map(({ node }) => node.peerId))
  const counts = agents.map(
    ({ node }) => node.peers().filter(({ id, mesh }) => honest.has(id) && mesh.includes('price')).length,
  )
  return { mean: counts.reduce((sum, one) => sum + one, 0) / counts.length, least: Math.min(...counts) }
}

/** Everybody leaves. */
export async function closeArena({ agents, sybils, over }: Arena): Promise<void> {
  over.abort()
  await Promise.all([...agents.map(({ node }) => node.stop()), ...sybils.map(({ node }) => node.host.stop())])
}
