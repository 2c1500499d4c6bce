import type { Address } from 'viem'
import type { Kind, OfferAnswer, OfferRequest, Payloads, Verdict, Verified } from '../domain/message.ts'
import type { ChainId, Millis } from '../domain/units.ts'

export type PeerInfo = {
  readonly id: string
  readonly address: string
  readonly topics: readonly Kind[]
  readonly mesh: readonly Kind[]
  readonly score: number
  /** Agents that signed that this is their peer. */
  readonly agents?: readonly Address[]
}

/** Counters since start, by kind and verdict, and delivery latency (publish to verified) in milliseconds. */
export type GossipStats = {
  readonly received: Readonly<Record<Kind, number>>
  readonly rejected: Readonly<Record<string, number>>
  readonly published: Readonly<Record<Kind, number>>
  /** Sequence-to-receipt latency of price batches: value and the wall time of receipt. */
  readonly priceLatency: readonly { readonly at: number; readonly millis: number }[]
}

/** What the adapter needs to know to verify: who may sign what, and which roots are trusted. */
export interface TrustBook {
  publisher(address: Address): boolean
  attestor(address: Address): boolean
  /** Whether this block is known canonical (own node) or attested by a quorum. */
  trusted(chain: ChainId, number: bigint, hash: string): Belief | Promise<Belief>
}

export type Belief = 'own' | 'attested' | 'unknown'

/** The network of agents. Every message handed out has been verified; `judge` decides its meaning. */
export interface Gossip {
  readonly peerId: string
  readonly addresses: readonly string[]
  publish<K extends Kind>(kind: K, payload: Payloads[K]): Promise<void>
  messages(judge: (message: Verified) => Verdict, signal: AbortSignal): AsyncIterable<Verified>
  /** Asks a provider for a firm, signed offer over its own protocol. */
  ask(provider: Address, request: OfferRequest, timeout: Millis): Promise<OfferAnswer>
  /** Answers such requests (providers only). */
  serve(answer: (request: OfferRequest) => Promise<OfferAnswer>): void
  peers(): readonly PeerInfo[]
  stats(): GossipStats
  stop(): Promise<void>
}
