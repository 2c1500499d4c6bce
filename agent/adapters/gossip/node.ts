// The network of agents over libp2p: joins, keeps its links, publishes, verifies what arrives, asks and answers offers.
import { setMaxListeners } from 'node:events'
import { type GossipsubMessage, TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { Address } from 'viem'
import { culprit, type Evidence, type Kind, type Payloads, type Verdict } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import type { Instant } from '../../domain/units.ts'
import type { Gossip, PeerInfo, TrustBook } from '../../ports/gossip.ts'
import { createBrake } from './brake.ts'
import type { CaughtUp } from './catch-up.ts'
import { SHAPES, toBytes } from './codec.ts'
import { type Counters, createCounters } from './counters.ts'
import { createDirectory, type Directory } from './directory.ts'
import { greet } from './hello.ts'
import { createHush } from './hush.ts'
import { createInbound, type Inbound, type Told } from './inbound.ts'
import { serveJoin } from './join.ts'
import { layLanes } from './lane.ts'
import { type Node, startNode } from './libp2p.ts'
import { type Bans, createBans, keepLinked, meet, meetFound, type Report, watchLinks } from './links.ts'
import { recall } from './memory.ts'
import { joinSync } from './newcomer.ts'
import { type Answerer, askOffer, notServed, offerExchange, serveOffers } from './offers.ts'
import type { Reach } from './reach.ts'
import type { Readers } from './readers.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { nativeSignatures } from './signatures.ts'
import { KINDS, networkDigest, protocolPrefix, TOPICS, type TopicNames, topicNames } from './topics.ts'
import { createWitness, type Witness } from './witness.ts'

export type GossipOptions = {
  readonly network: Network
  readonly trust: TrustBook
  /** '127.0.0.1:0' or a multiaddr. */
  readonly listen: string
  /** Multiaddrs to tell peers instead of those listened on. */
  readonly announce?: readonly string[]
  /** Multiaddrs kept dialled: tried until they answer, dialled again when lost. */
  readonly bootstrap: readonly string[]
  /** Protobuf bytes of a libp2p key (`newIdentity`); without it every start is a new peer. */
  readonly identity?: Uint8Array
  readonly now: () => Instant
  /** Many nodes on one machine: no penalty for sharing an address, no limit on simultaneous dials. */
  readonly devnet: boolean
  /** On such a machine: strangers keep to their few places and silence is penalised, as elsewhere. */
  readonly wary?: boolean
  /** Times the usual budgets of one peer and one author. To measure what the checks themselves can bear; 1 otherwise. */
  readonly allowance?: number
  /** Leaves the network when it fires. */
  readonly signal: AbortSignal
  /** A pre-shared key: peers without it complete no connection. */
  readonly swarmKey?: Uint8Array
  /** Multiaddrs of peers to exchange prices with directly, besides gossip. */
  readonly lanes?: readonly string[]
  /** Look for peers in the local network. */
  readonly mdns?: boolean
  /** Ways besides TCP. */
  readonly reach?: Reach
  /** Addresses of peers met in earlier lives, and where those met in this one are remembered. */
  readonly known?: readonly string[]
  readonly remember?: (addresses: readonly string[]) => void
  /** Who reads what verified: readers of this thread, unless others are named. */
  readonly readers?: Readers
  /** Text of the bundle that a newcomer who asks is told, our addresses added; nobody is answered without it. */
  readonly invitation?: string | undefined
  /** Told of connections made, lost, refused, and of a platform without native signatures. */
  readonly report?: Report
}

/** Joins the network. Resolves once the node listens and is subscribed; links come up behind it. */
export async function joinGossip(options: GossipOptions): Promise<Gossip> {
  const station = await openStation(options)
  const { node, witness, counters, directory, inbound, leaving, report } = station
  if (!nativeSignatures()) report({ kind: 'slow-signatures' })
  if ((options.announce ?? []).length > 0) report({ kind: 'listening', addresses: node.arrivals() })
  receiveAll(station, leaving.signal)
  watchLinks(node, station.bans, report, leaving.signal)
  let answerer: Answerer = notServed
  const { host } = node
  const exchange = offerExchange(protocolPrefix(options.network))
  await Promise.all([serveOffers(host, exchange, () => answerer, options.now), serveJoin(host, options.invitation)])
  const caughtUp = (learned: CaughtUp): void => report({ kind: 'caught-up', ...learned })
  await joinSync({ ...station, host, network: options.network, signal: leaving.signal, caughtUp })
  const lanes = await layLanes({
    ...{ host, protocol: `${protocolPrefix(options.network)}/lane`, chosen: options.lanes ?? [], report },
    bonded: (peer) => isBonded(station, peer),
    receive: (bytes, peer) => inbound.receive('price', bytes, peer),
    signal: leaving.signal,
  })
  let status: Uint8Array | undefined
  await greet({
    ...{ host, prefix: protocolPrefix(options.network), own: () => status, crowded: node.gate.crowded },
    learn: (bytes, peer) => inbound.receive('status', bytes, peer),
    bonded: (peer) => isBonded(station, peer),
    refused: counters.refused,
    signal: leaving.signal,
  })
  recall(station, options)
  meetFound(node, report, leaving.signal)
  const links = Promise.all(
    [...options.bootstrap, ...(options.lanes ?? [])].map((address) =>
      keepLinked(node, address, report, leaving.signal),
    ),
  )
  const stop = stopping(station, links)
  options.signal.addEventListener('abort', () => void stop(), { once: true })
  if (options.signal.aborted) await stop()
  return {
    peerId: host.peerId.toString(),
    get addresses() {
      return host.getMultiaddrs().map(String)
    },
    async publish(kind, payload) {
      if (isEvidence(payload)) witness.outcasts.cast(culprit(payload))
      if (kind === 'price') lanes.send(toBytes(SHAPES[kind], payload))
      if (kind === 'status') status = toBytes(SHAPES[kind], payload)
      await publish(station, kind, payload)
    },
    messages: (judge, signal) => inbound.messages(judge, signal),
    ask: (provider, request, timeout) => askOffer({ host, exchange, directory }, provider, request, timeout),
    serve(answer) {
      answerer = answer
    },
    peers: () => describePeers(station),
    stats: () => counters.read(),
    stop,
  }
}

/** Everything of a node that listens, before anybody was dialled. */
type Station = {
  readonly node: Node
  readonly names: TopicNames
  readonly witness: Witness
  readonly counters: Counters
  readonly directory: Directory
  readonly bans: Bans
  readonly inbound: Inbound
  readonly shelf: Shelf
  /** Peers that were cut off: what was said meanwhile is asked for when they come back. */
  readonly away: Set<string>
  readonly leaving: AbortController
  readonly report: Report
}

async function openStation({ network, trust, now, ...options }: GossipOptions): Promise<Station> {
  const names = topicNames(network)
  const directory = createDirectory()
  const counters = createCounters()
  const bans = createBans(now)
  const witness = createWitness({ network, trust, now, allowance: options.allowance })
  const hush = createHush(now)
  const node = await startNode({
    listen: options.listen,
    announce: options.announce ?? [],
    identity: options.identity,
    devnet: options.devnet,
    ...(options.wary !== undefined && { wary: options.wary }),
    topics: new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]])),
    standing: (peer) => standingOf(directory.agentsAt(peer), witness, hush.holds()),
    gate: { banned: (peer) => !bans.admits(peer), bonded: (peer) => isBonded({ directory, witness }, peer) },
    refused: (reason) => counters.refused(reason),
    ...(options.swarmKey && { swarmKey: options.swarmKey }),
    ...(options.reach && { reach: { ...options.reach, prefix: protocolPrefix(network) } }),
    ...(options.mdns && { mdns: `lienmesh-${networkDigest(network).slice(2)}` }),
  })
  const away = new Set<string>()
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const report: Report = (event) => {
    if (event.kind === 'other-network' || event.kind === 'stream-broken' || event.kind === 'silent')
      counters.refused(event.kind)
    if (event.kind === 'silent') away.add(event.peer)
    options.report?.(event)
  }
  const shelf = createShelf()
  const told: Told = {
    kept(statement, bytes) {
      if (statement.kind === 'price') hush.heard()
      shelf.keep(statement, bytes)
    },
    met(status) {
      directory.learn(status)
      if (trust.attestor(status.agent)) meet(node, status.addresses, report, leaving.signal)
    },
    // Whoever sees the twin next accuses too, should this fail.
    caught: (evidence) => void publish({ node, names, counters, shelf }, 'evidence', evidence).catch(() => {}),
  }
  const inbound = createInbound(witness, counters, told, options.readers)
  return { node, names, witness, counters, directory, bans, inbound, shelf, away, leaving, report }
}

/** Whether a bonded agent said that this is its peer. */
const isBonded = ({ directory, witness }: Pick<Station, 'directory' | 'witness'>, peer: string): boolean =>
  standingOf(directory.agentsAt(peer), witness) > 0

/** A bonded attestor is worth more than a stranger, and is not blamed for silence that is everybody's; an outcast is worth a ban. */
function standingOf(agents: readonly Address[], { trust, outcasts }: Witness, hush = false): number {
  if (agents.some(outcasts.has)) return OUTCAST
  if (!agents.some((agent) => trust.attestor(agent))) return 0
  return hush ? BONDED + SILENT : BONDED
}

const BONDED = 10
/** What a peer loses at most for delivering no price: the square of the threshold of deliveries. */
const SILENT = 25
const OUTCAST = -1_000

const isEvidence = (payload: Payloads[Kind]): payload is Evidence => 'first' in payload

type Receiving = Pick<Station, 'node' | 'names' | 'inbound' | 'report'>

/** A judge that throws must not let a stranger's message end the process: the message is ignored, the fault reported. */
function receiveAll({ node: { router }, names, inbound, report }: Receiving, signal: AbortSignal): void {
  const brake = createBrake(router)
  const receive = async ({ msg, msgId, propagationSource }: GossipsubMessage): Promise<void> => {
    const kind = names.kind(msg.topic)
    if (kind === undefined) return
    const source = propagationSource.toString()
    brake.taken(source)
    const verdict = await inbound.receive(kind, msg.data, source).catch((error: unknown): Verdict => {
      report({ kind: 'fault', reason: error instanceof Error ? error.message : String(error) })
      return { kind: 'ignore', reason: 'fault' }
    })
    brake.done(source)
    if (!signal.aborted) router.reportMessageValidationResult(msgId, source, RESULTS[verdict.kind])
  }
  router.addEventListener('gossipsub:message', ({ detail }) => void receive(detail), { signal })
}

const RESULTS: { readonly [V in Verdict['kind']]: TopicValidatorResult } = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

async function publish<K extends Kind>(
  { node, names, counters, shelf }: Pick<Station, 'node' | 'names' | 'counters' | 'shelf'>,
  kind: K,
  payload: Payloads[K],
): Promise<void> {
  const { flood } = TOPICS[kind]
  const bytes = toBytes(SHAPES[kind], payload)
  shelf.keep({ kind, payload }, bytes)
  await node.router.publish(names.of(kind), bytes, { floodPublish: flood })
  counters.published(kind)
}

/** Leaves once, however often it is asked. */
function stopping({ node, inbound, leaving }: Station, links: Promise<unknown>): () => Promise<void> {
  let stopped: Promise<void> | undefined
  const leave = async (): Promise<void> => {
    leaving.abort()
    inbound.close()
    await links
    await node.host.stop()
  }
  return () => {
    stopped ??= leave()
    return stopped
  }
}

function describePeers({ node: { host, router }, names, directory }: Station): readonly PeerInfo[] {
  const subscribed = new Map(KINDS.map((kind) => [kind, new Set(router.getSubscribers(names.of(kind)).map(String))]))
  const meshed = new Map(KINDS.map((kind) => [kind, new Set(router.getMeshPeers(names.of(kind)))]))
  return host.getPeers().map((peer) => {
    const id = peer.toString()
    const address = host.getConnections(peer)[0]?.remoteAddr.toString() ?? ''
    return {
      id,
      address,
      topics: KINDS.filter((kind) => subscribed.get(kind)?.has(id)),
      mesh: KINDS.filter((kind) => meshed.get(kind)?.has(id)),
      score: router.getScore(id),
      agents: directory.agentsAt(id),
    }
  })
}
