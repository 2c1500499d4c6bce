// The libp2p node: TCP, noise, yamux, identify, ping and gossipsub, with every limit stated.
import { hash } from 'node:crypto'
import { type GossipSub, gossipsub, type TopicValidatorResult } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { mdns } from '@libp2p/mdns'
import { ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { createLibp2p, type Libp2p } from 'libp2p'
import { configError } from '../../domain/errors.ts'
import { createGate, type Gate, type Guest, type House, type Refused } from './gate.ts'
import { type Reach, waysOf } from './reach.ts'
import { scoreParams, THRESHOLDS } from './scores.ts'
import { type Decoding, punishBrokenFrames } from './strict-rpc.ts'
import type { Topic } from './topics.ts'

export type NodeOptions = {
  /** '127.0.0.1:0', '[::1]:4001' or a multiaddr. */
  readonly listen: string
  /** Multiaddrs to tell peers instead. */
  readonly announce?: readonly string[]
  /** Protobuf bytes of a libp2p private key; a fresh ed25519 key without it. */
  readonly identity: Uint8Array | undefined
  readonly devnet: boolean
  /** A devnet that trusts strangers as little as a network does. */
  readonly wary?: boolean
  readonly topics: ReadonlyMap<string, Topic>
  /** What a peer's agent adds to its score. */
  readonly standing: (peer: string) => number
  readonly gate: Pick<House, 'banned' | 'bonded'>
  /** Told who was turned away, and of frames that broke a limit. */
  readonly refused?: (reason: Refused | 'broken-frame') => void
  /** A pre-shared key (libp2p swarm.key): without it nobody completes a connection. */
  readonly swarmKey?: Uint8Array
  /** Finds nodes of the same network in the local one. */
  readonly mdns?: string
  /** Ways besides TCP, below a prefix of protocols. */
  readonly reach?: Reach & { readonly prefix: string }
}

/** Gossipsub with what its public type hides, checked to be there. */
export type Router = GossipSub &
  Decoding & {
    publish(topic: string, data: Uint8Array, options: { floodPublish: boolean }): Promise<unknown>
    reportMessageValidationResult(id: string, source: string, result: TopicValidatorResult): void
    getMeshPeers(topic: string): string[]
    getScore(peer: string): number
    readonly streamsOutbound: ReadonlyMap<string, unknown>
    readonly streamsInbound: ReadonlyMap<string, { readonly rawStream: Pick<Stream, 'pause' | 'resume'> }>
  }
export type Node = {
  readonly host: Libp2p
  readonly router: Router
  readonly gate: Pick<Gate, 'crowded'>
  /** Rejects when the peer does not answer in time. */
  readonly ping: (peer: PeerId, signal: AbortSignal) => Promise<unknown>
  /** Where connections really arrive. */
  arrivals(): readonly string[]
}

/** A node that listens and has subscribed before anybody could connect (later meshes are not scored: T4). */
export async function startNode(options: NodeOptions): Promise<Node> {
  let subscribed = false
  const guests = (): readonly Guest[] => (host?.getConnections() ?? []).map(guestOf)
  const gate = createGate({ ...options.gate, ...surroundings(options), guests })
  const turnedAway = (reason: Refused | undefined): boolean => {
    if (reason !== undefined) options.refused?.(reason)
    return reason !== undefined
  }
  let host: Libp2p | undefined
  const listening = { addresses: (): readonly string[] => [] }
  const tcpAddress = toMultiaddr(options.listen)
  const { reach = { prefix: '' }, devnet } = options
  const where = { tcp: tcpAddress, prefix: reach.prefix, devnet, secret: options.swarmKey !== undefined }
  const ways = await waysOf(reach, where)
  const made = await createLibp2p({
    start: false,
    addresses: { listen: [tcpAddress, ...ways.listen], announce: [...(options.announce ?? [])] },
    privateKey:
      options.identity === undefined ? await generateKeyPair('Ed25519') : privateKeyFromProtobuf(options.identity),
    transports: [heardBy(listening), ...ways.transports],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: connectionLimits(options.devnet),
    connectionMonitor: { enabled: false },
    connectionGater: {
      denyInboundConnection: ({ remoteAddr }) => !subscribed || turnedAway(gate.arriving(remoteAddr.toString())),
      denyInboundEncryptedConnection: (peer: PeerId) => turnedAway(gate.admitted(peer.toString())),
      denyDialPeer: (peer: PeerId) => options.gate.banned(peer.toString()),
    },
    ...(options.swarmKey && { connectionProtector: preSharedKey({ psk: options.swarmKey }) }),
    ...(options.mdns !== undefined && { peerDiscovery: [mdns({ serviceTag: options.mdns, interval: 2_000 })] }),
    services: { ...ways.services, identify: identify(), ping: ping(), router: gossipsub(routerOptions(options)) },
  })
  host = made
  await made.start()
  for (const topic of options.topics.keys()) made.services.router.subscribe(topic)
  subscribed = true
  const router = withInternals(made.services.router)
  punishBrokenFrames(router, { subscriptions: [], messages: [] }, () => options.refused?.('broken-frame'))
  return {
    ...{ host: made, router, gate, arrivals: () => listening.addresses() },
    ping: (peer, signal) => made.services.ping.ping(peer, { signal }),
  }
}

/** TCP, and a note of the addresses that it listens on: a host that announces others tells only those. */
const heardBy =
  (listening: { addresses: () => readonly string[] }): ReturnType<typeof tcp> =>
  (components) => {
    // Every component of the host is there, the manager of transports once the host was made.
    const all = components as unknown as { readonly transportManager: { getAddrs(): readonly object[] } }
    listening.addresses = () => all.transportManager.getAddrs().map(String)
    return tcp()(components)
  }

const guestOf = ({ remotePeer, remoteAddr, direction }: Connection): Guest => ({
  peer: remotePeer.toString(),
  address: remoteAddr.toString(),
  inbound: direction === 'inbound',
})

function toMultiaddr(listen: string): string {
  if (listen.startsWith('/')) return listen
  const [, host, port] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d+)$/.exec(listen) ?? []
  if (host === undefined || port === undefined)
    throw configError(
      'E_LISTEN',
      `expected host:port or a multiaddr, found ${listen}`,
      'Use an address such as 127.0.0.1:0.',
    )
  return `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${port}`
}

const connectionLimits = (
  devnet: boolean,
): {
  maxConnections: number
  inboundConnectionThreshold: number
  maxIncomingPendingConnections: number
} => ({
  maxConnections: devnet ? 256 : 64,
  inboundConnectionThreshold: devnet ? 1_000 : 5,
  maxIncomingPendingConnections: devnet ? 1_000 : 10,
})

const surroundings = ({ devnet, wary = !devnet }: NodeOptions): { devnet: boolean; wary: boolean } => ({ devnet, wary })

function routerOptions(options: NodeOptions): Parameters<typeof gossipsub>[0] {
  const { topics, standing } = options
  return {
    globalSignaturePolicy: 'StrictNoSign',
    fallbackToFloodsub: false,
    emitSelf: false,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    floodPublish: false,
    batchPublish: true,
    asyncValidation: true,
    doPX: false,
    ...MESH,
    heartbeatInterval: HEARTBEAT,
    pruneBackoff: 10_000,
    opportunisticGraftTicks: 10,
    idontwantMinDataSize: LARGE,
    maxInboundDataLength: MAX_FRAME,
    maxOutboundBufferSize: MAX_FRAME,
    decodeRpcLimits: RPC_LIMITS,
    allowedTopics: new Set(topics.keys()),
    msgIdFn: ({ topic, data }) => messageId(topic, data),
    scoreParams: scoreParams(topics, surroundings(options), standing),
    scoreThresholds: THRESHOLDS,
  }
}

/** Milliseconds between maintenance rounds of the mesh. */
export const HEARTBEAT = 700
/** Proven states are this large; announcing a smaller message costs more than the duplicates it saves. */
const LARGE = 8_192
/** Every peer in the mesh is one more copy of everything: four carry a message through a network of our size. */
const MESH = { D: 4, Dlo: 3, Dhi: 6, Dout: 1 }
const MAX_FRAME = 1_048_576
const RPC_LIMITS = {
  maxSubscriptions: 64,
  maxMessages: 512,
  maxIhaveMessageIDs: 2_000,
  maxIwantMessageIDs: 2_000,
  maxIdontwantMessageIDs: 64,
  maxControlMessages: 64,
  maxPeerInfos: 16,
}

/** Commits to the whole content, so that no invalid twin can censor a message (T8). */
function messageId(topic: string, data: Uint8Array): Uint8Array {
  const name = Buffer.from(topic)
  const head = Buffer.from(`lienmesh ${name.length} `)
  return hash('sha256', Buffer.concat([head, name, data]), 'buffer').subarray(0, 20)
}

function withInternals(router: GossipSub): Router {
  const missing = INTERNALS.filter((name) => !(name in router))
  if (missing.length > 0)
    throw configError(
      'E_GOSSIPSUB',
      `expected gossipsub to have ${missing.join(', ')}`,
      'Install the pinned gossipsub version.',
    )
  return router as unknown as Router
}

const INTERNALS = [
  'reportMessageValidationResult',
  'getMeshPeers',
  'getScore',
  'streamsOutbound',
  'streamsInbound',
  'decodeRpc',
  'handleReceivedRpc',
  'score',
]
