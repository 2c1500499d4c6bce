// What the thread of the network and the thread that decides say to each other. Prices go through the ring, all else here.
import type { Address } from 'viem'
import type { Kind, OfferAnswer, OfferRequest, Payloads, Verdict, Verified } from '../../../domain/message.ts'
import type { Network } from '../../../domain/network.ts'
import type { ChainId, Millis } from '../../../domain/units.ts'
import type { Belief, GossipStats, PeerInfo } from '../../../ports/gossip.ts'
import { fromBytes, SHAPES } from '../codec.ts'
import type { GossipEvent } from '../links.ts'
import type { GossipOptions } from '../node.ts'

/** Options as they travel: without functions. */
export type Joining = Omit<GossipOptions, 'trust' | 'now' | 'signal' | 'remember' | 'report' | 'readers'> & {
  readonly network: Network
  readonly voices: Voices
  /** By how many milliseconds the agent's clock is ahead of this machine's. */
  readonly ahead: number
}

/** Who may sign prices and who may attest, now. */
export type Voices = { readonly publishers: readonly Address[]; readonly attestors: readonly Address[] }

/** How the node stands. */
export type Seen = {
  readonly addresses: readonly string[]
  readonly peers: readonly PeerInfo[]
  readonly rejected: GossipStats['rejected']
}

/** What the thread of the network answers to. */
export type Networking = {
  join(joining: Joining): Promise<Seen & { readonly peerId: string }>
  publish<K extends Kind>(kind: K, payload: Payloads[K]): Promise<void>
  read(): void
  hear(voices: Voices): void
  ask(provider: Address, request: OfferRequest, timeout: Millis): Promise<OfferAnswer>
  serve(): void
  stop(): Promise<void>
}

/** What the thread that decides answers to. */
export type Deciding = {
  judge(message: Verified): Verdict
  believed(chain: ChainId, number: bigint, hash: string): Belief | Promise<Belief>
  answer(request: OfferRequest): Promise<OfferAnswer>
  report(event: GossipEvent): void
  remember(addresses: readonly string[]): void
  seen(seen: Seen): void
}

/** A price in the ring: the number that its verdict is asked for by, who relayed it, and its bytes as they came. */
export type RingPrice = { readonly id: number; readonly peer: string; readonly wire: Uint8Array }

const [ID, PEER] = [4, 2] as const
const [text, words] = [new TextEncoder(), new TextDecoder()]

export function toRecord({ id, peer, wire }: RingPrice): Uint8Array {
  const name = text.encode(peer)
  const record = new Uint8Array(ID + PEER + name.length + wire.length)
  const view = new DataView(record.buffer)
  view.setUint32(0, id)
  view.setUint16(ID, name.length)
  record.set(name, ID + PEER)
  record.set(wire, ID + PEER + name.length)
  return record
}

/** Undefined for bytes that our own other thread cannot have written. */
export function fromRecord(
  record: Uint8Array,
): (Omit<RingPrice, 'wire'> & { readonly batch: Payloads['price'] }) | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.length)
  const [id, length] = [view.getUint32(0), view.getUint16(ID)]
  const peer = words.decode(record.subarray(ID + PEER, ID + PEER + length))
  const batch = fromBytes(SHAPES.price, record.subarray(ID + PEER + length))
  return batch && { id, peer, batch }
}
