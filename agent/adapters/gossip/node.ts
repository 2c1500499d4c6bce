// The network of agents over libp2p: joins, keeps its links, publishes, verifies what arrives, asks and answers offers.
import { setMaxListeners } from 'node:events'
import { type GossipsubMessage, TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import type { Kind, Payloads, Verdict } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import type { Instant } from '../../domain/units.ts'
import type { Gossip, PeerInfo, TrustBook } from '../../ports/gossip.ts'
import { SHAPES, toBytes } from './codec.ts'
import { createCounters } from './counters.ts'
import { createDirectory } from './directory.ts'
import { createInbound, type Inbound } from './inbound.ts'
import { type Node, startNode } from './libp2p.ts'
import { createBans, keepLinked, meet, type Report, watchLinks } from './links.ts'
import { type Answerer, askOffer, notServed, serveOffers } from './offers.ts'
import { createKeyring, nativeSignatures } from './signatures.ts'
import { KINDS, protocolPrefix, TOPICS, type TopicNames, topicNames } from './topics.ts'

export type GossipOptions = {
  readonly network: Network
  readonly trust: TrustBook
  /** '127.0.0.1:0' or a multiaddr. */
  readonly listen: string
  /** Multiaddrs kept dialled: tried until they answer, dialled again when lost. */
  readonly bootstrap: readonly string[]
  /** Protobuf bytes of a libp2p key (`newIdentity`); without it every start is a new peer. */
  readonly identity?: Uint8Array
  readonly now: () => Instant
  /** Many nodes on one machine: no penalty for sharing an address, no limit on simultaneous dials. */
  readonly devnet: boolean
  /** Leaves the network when it fires. */
  readonly signal: AbortSignal
  /** Told of connections made, lost, refused, and of a platform without native signatures. */
  readonly report?: Report
}

/** Joins the network. Resolves once the node listens and is subscribed; links come up behind it. */
export async function joinGossip(options: GossipOptions): Promise<Gossip> {
  const { network, trust, now } = options
  const names = topicNames(network)
  const directory = createDirectory()
  const counters = createCounters()
  const bans = createBans(now)
  const witness = { network, trust, now, keys: createKeyring(), newest: new Map<string, Instant>() }
  const node = await startNode({
    listen: options.listen,
    identity: options.identity,
    devnet: options.devnet,
    topics: new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]])),
    standing: (peer) => (directory.agentsAt(peer).some((agent) => trust.attestor(agent)) ? BONDED : 0),
    admits: bans.admits,
  })
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const report = options.report ?? (() => {})
  const inbound = createInbound(witness, counters, (status) => {
    directory.learn(status)
    if (trust.attestor(status.agent)) meet(node, status.addresses, report, leaving.signal)
  })
  if (!nativeSignatures()) report({ kind: 'slow-signatures' })
  receiveAll({ node, names, inbound, report }, leaving.signal)
  watchLinks(node, bans, report, leaving.signal)

  let answerer: Answerer = notServed
  const protocol = `${protocolPrefix(network)}/offer`
  await serveOffers(node.host, protocol, () => answerer, now)
  const links = Promise.all(options.bootstrap.map((address) => keepLinked(node, address, report, leaving.signal)))

  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= leave(node, inbound, leaving, links)
    return stopped
  }
  options.signal.addEventListener('abort', () => void stop(), { once: true })
  if (options.signal.aborted) await stop()

  return {
    peerId: node.host.peerId.toString(),
    get addresses() {
      return node.host.getMultiaddrs().map(String)
    },
    async publish(kind, payload) {
      await publish(node, names, kind, payload)
      counters.published(kind)
    },
    messages: (judge, signal) => inbound.messages(judge, signal),
    ask: (provider, request, timeout) => askOffer({ host: node.host, protocol, directory }, provider, request, timeout),
    serve(answer) {
      answerer = answer
    },
    peers: () => describePeers(node, names),
    stats: () => counters.read(),
    stop,
  }
}

/** Score of a peer whose agent is a bonded attestor. */
const BONDED = 10

type Receiving = {
  readonly node: Node
  readonly names: TopicNames
  readonly inbound: Inbound
  readonly report: Report
}

/** A judge that throws must not let a stranger's message end the process: the message is ignored, the fault reported. */
function receiveAll({ node: { router }, names, inbound, report }: Receiving, signal: AbortSignal): void {
  const receive = async ({ msg, msgId, propagationSource }: GossipsubMessage): Promise<void> => {
    const kind = names.kind(msg.topic)
    if (kind === undefined) return
    const source = propagationSource.toString()
    const verdict = await inbound.receive(kind, msg.data, source).catch((error: unknown): Verdict => {
      report({ kind: 'fault', reason: error instanceof Error ? error.message : String(error) })
      return { kind: 'ignore', reason: 'fault' }
    })
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
  { router }: Node,
  names: TopicNames,
  kind: K,
  payload: Payloads[K],
): Promise<void> {
  const { flood } = TOPICS[kind]
  await router.publish(names.of(kind), toBytes(SHAPES[kind], payload), { floodPublish: flood })
}

async function leave(
  { host }: Node,
  inbound: Inbound,
  leaving: AbortController,
  links: Promise<unknown>,
): Promise<void> {
  leaving.abort()
  inbound.close()
  await links
  await host.stop()
}

function describePeers({ host, router }: Node, names: TopicNames): readonly PeerInfo[] {
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
    }
  })
}
