// Firm offers, asked of one provider at a time: request and answer are one length-prefixed frame each.
import type { PeerId, Stream } from '@libp2p/interface'
import { messageStreamToDuplex } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import * as frames from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Libp2p } from 'libp2p'
import type { Address } from 'viem'
import type { OfferAnswer, OfferRequest } from '../../domain/message.ts'
import { createBuckets } from './bucket.ts'
import { fromBytes, offerAnswer, offerRequest, toBytes } from './codec.ts'
import type { Directory, Entry } from './directory.ts'

/** Answers a request that passed the codec and the limits. */
export type Answerer = (request: OfferRequest) => Promise<OfferAnswer>

/** Serves the offer protocol; `answerer` may be replaced at any time. */
export async function serveOffers(
  host: Libp2p,
  protocol: string,
  answerer: () => Answerer,
  now: () => number,
): Promise<void> {
  const buckets = createBuckets()
  await host.handle(
    protocol,
    async (stream, connection) => {
      const granted = buckets.spend(connection.remotePeer.toString(), now(), LIMIT)
      await converse(stream, AbortSignal.timeout(ANSWER_TIMEOUT), granted ? answerer() : async () => declined('busy'))
    },
    { maxInboundStreams: 8 },
  )
}

/** What a node without reserves says. */
export const notServed: Answerer = async () => declined('not-served')

async function converse(stream: Stream, signal: AbortSignal, answer: Answerer): Promise<void> {
  const duplex = messageStreamToDuplex(stream)
  const release = abortWith(stream, signal)
  try {
    await pipe(
      duplex,
      (source) => frames.decode(source, { maxDataLength: MAX_REQUEST }),
      (requests) => answers(requests, answer),
      (bytes) => frames.encode(bytes),
      duplex,
    )
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  } finally {
    release()
  }
}

/** One answer to the first request; a malformed one is answered too, so that an honest peer learns why. */
async function* answers(requests: AsyncIterable<Frame>, answer: Answerer): AsyncGenerator<Uint8Array> {
  for await (const frame of requests) {
    const request = fromBytes(offerRequest, frame.subarray())
    yield toBytes(offerAnswer, request === undefined ? declined('malformed-request') : await answer(request))
    return
  }
}

type Frame = { subarray(): Uint8Array }

/** Asks whoever answers for `provider`, until one makes an offer. Silence and failure are answers too. */
export async function askOffer(
  { host, protocol, directory }: Asker,
  provider: Address,
  request: OfferRequest,
  timeout: number,
): Promise<OfferAnswer> {
  const signal = AbortSignal.timeout(timeout)
  let answer = declined('provider-unknown')
  for (const entry of directory.find(provider).slice(0, MAX_ENTRIES)) {
    answer = await askOne(host, protocol, { entry, request, signal })
    if (answer.kind === 'offer') return answer
  }
  return answer
}

export type Asker = { readonly host: Libp2p; readonly protocol: string; readonly directory: Directory }
type Question = { readonly entry: Entry; readonly request: OfferRequest; readonly signal: AbortSignal }

async function askOne(host: Libp2p, protocol: string, { entry, request, signal }: Question): Promise<OfferAnswer> {
  try {
    const stream = await host.dialProtocol(target(host, entry), protocol, { signal })
    const release = abortWith(stream, signal)
    const bytes = await exchange(stream, toBytes(offerRequest, request)).finally(release)
    const answer = bytes === undefined ? undefined : fromBytes(offerAnswer, bytes)
    return answer === undefined ? declined('malformed-answer') : fitting(answer, request)
  } catch (error) {
    return declined(signal.aborted ? 'timeout' : `unreachable: ${error instanceof Error ? error.name : 'error'}`)
  }
}

/** An open connection if there is one, else the addresses that the provider signed. */
function target(host: Libp2p, { addresses }: Entry): PeerId | Multiaddr[] {
  const connected = host.getPeers().find((peer) => addresses.some((address) => address.endsWith(`/p2p/${peer}`)))
  return connected ?? addresses.map((address) => multiaddr(address))
}

function exchange(stream: Stream, request: Uint8Array): Promise<Uint8Array | undefined> {
  return pipe(
    [request],
    (source) => frames.encode(source),
    messageStreamToDuplex(stream),
    (source) => frames.decode(source, { maxDataLength: MAX_ANSWER }),
    first,
  )
}

async function first(source: AsyncIterable<Frame>): Promise<Uint8Array | undefined> {
  for await (const frame of source) return frame.subarray()
  return undefined
}

/** An offer for somebody or something else is no offer. Its signature is judged by the contract. */
function fitting(answer: OfferAnswer, request: OfferRequest): OfferAnswer {
  if (answer.kind === 'declined') return answer
  const { bidder, account } = answer.offer
  const fits =
    bidder.toLowerCase() === request.bidder.toLowerCase() && account.toLowerCase() === request.account.toLowerCase()
  return fits ? answer : declined('offer-for-another')
}

const declined = (reason: string): OfferAnswer => ({ kind: 'declined', reason })

function abortWith(stream: Stream, signal: AbortSignal): () => void {
  const abort = (): void => stream.abort(new Error('the exchange took too long'))
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

/** Requests per second and peer. */
const LIMIT = { rate: 10, burst: 40 }
const ANSWER_TIMEOUT = 5_000
const MAX_REQUEST = 1_024
const MAX_ANSWER = 2_048
const MAX_ENTRIES = 4
