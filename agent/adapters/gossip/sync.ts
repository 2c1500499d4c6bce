// Catching up with a network: a newcomer asks peers for what they keep, page by page, and verifies it as if it were gossip.

import type { PeerId } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import type { Kind } from '../../domain/message.ts'
import { createBuckets } from './bucket.ts'
import { fromBytes, toBytes } from './codec.ts'
import { type Answering, askExchange, type Exchange } from './exchange.ts'
import { number, oneOf, record, text } from './shape.ts'
import type { Shelf } from './shelf.ts'

/** Everything of a kind whose key comes after `after`, up to `limit`. */
type Request = { readonly kind: Kind; readonly after: string; readonly limit: number }

const request = record<Request>({
  kind: oneOf('price', 'header', 'attestation', 'state', 'claim', 'evidence', 'status'),
  after: text(160),
  limit: number(1_024),
})

/** The protocol below a network's prefix. Every frame is one byte and its content; the last one says where to go on. */
export const syncExchange = (prefix: string): Exchange => ({
  protocol: `${prefix}/sync`,
  maxQuestion: 256,
  maxAnswer: 262_144,
  timeout: 20_000,
})

const [ITEM, END, REFUSED] = [0, 1, 2] as const

/** Answers from a shelf, each peer within its budget of items. */
export function answerSync(shelf: Shelf, now: () => number): Answering {
  const buckets = createBuckets()
  return async function* (question, peer) {
    const asked = fromBytes(request, question)
    if (asked === undefined) return yield framed(REFUSED, Buffer.from('malformed-request'))
    const { items, last } = shelf.page(asked.kind, asked.after, Math.min(asked.limit, PAGE))
    if (!buckets.spend(peer, now(), BUDGET, 1 + items.length)) return yield framed(REFUSED, Buffer.from('busy'))
    for (const item of items) yield framed(ITEM, item)
    yield framed(END, Buffer.from(last ?? ''))
  }
}

/** Items per second and peer: a newcomer takes everything at once, then little. */
const BUDGET = { rate: 256, burst: 16_384 }
/** Items of one answer. */
const PAGE = 256

const framed = (tag: number, content: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(tag), content])

/** The items of one page, and where to go on: undefined when that was all. */
type Turn = { readonly items: readonly Uint8Array[]; readonly last: string | undefined }

/** What somebody wants to know, of whom. */
export type Asking = {
  readonly host: Libp2p
  readonly exchange: Exchange
  readonly peer: PeerId
  readonly signal: AbortSignal
}

/** One page of a peer. Rejects when the peer refuses, stops short of the end, or sends what is no frame. */
export async function askPage({ host, exchange, peer, signal }: Asking, kind: Kind, after: string): Promise<Turn> {
  const question = toBytes(request, { kind, after, limit: PAGE })
  const items: Uint8Array[] = []
  for await (const frame of askExchange(host, exchange, { who: peer, question }, signal)) {
    const content = frame.subarray(1)
    if (frame[0] === ITEM && items.length < PAGE) items.push(content)
    else if (frame[0] === END) return { items, last: content.length === 0 ? undefined : goOn(content, after) }
    else throw new Error(frame[0] === REFUSED ? `refused: ${Buffer.from(content).toString('utf8', 0, 64)}` : 'no frame')
  }
  throw new Error('the answer ended before its end')
}

/** Keys only grow: a peer cannot make us go in circles. */
function goOn(content: Uint8Array, after: string): string {
  const last = Buffer.from(content).toString('utf8')
  if (last <= after || last.length > 160) throw new Error('the cursor went backwards')
  return last
}
