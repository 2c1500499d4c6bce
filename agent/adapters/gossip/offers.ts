// Firm offers, asked of one provider at a time: request and answer are one length-prefixed frame each.
import type { PeerId } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { Address } from 'viem'
import type { OfferAnswer, OfferRequest } from '../../domain/message.ts'
import { createBuckets } from './bucket.ts'
import { fromBytes, offerAnswer, offerRequest, toBytes } from './codec.ts'
import type { Directory, Entry } from './directory.ts'
import { askExchange, type Exchange, serveExchange } from './exchange.ts'

/** Answers a request that passed the codec and the limits. */
export type Answerer = (request: OfferRequest) => Promise<OfferAnswer>

/** The protocol of offers below a network's prefix. */
export const offerExchange = (prefix: string): Exchange => ({
  protocol: `${prefix}/offer`,
  maxQuestion: 1_024,
  maxAnswer: 2_048,
  timeout: 5_000,
})

/** Serves the offer protocol; `answerer` may be replaced at any time. */
export async function serveOffers(
  host: Libp2p,
  exchange: Exchange,
  answerer: () => Answerer,
  now: () => number,
): Promise<void> {
  const buckets = createBuckets()
  await serveExchange(host, exchange, async function* (question, peer) {
    const granted = buckets.spend(peer, now(), LIMIT)
    yield toBytes(offerAnswer, granted ? await answered(question, answerer()) : declined('busy'))
  })
}

/** A malformed request is answered too, so that an honest peer learns why. */
async function answered(question: Uint8Array, answerer: Answerer): Promise<OfferAnswer> {
  const request = fromBytes(offerRequest, question)
  return request === undefined ? declined('malformed-request') : answerer(request)
}

/** What a node without reserves says. */
export const notServed: Answerer = async () => declined('not-served')

/** Asks whoever answers for `provider`, until one makes an offer. Silence and failure are answers too. */
export async function askOffer(
  { host, exchange, directory }: Asker,
  provider: Address,
  request: OfferRequest,
  timeout: number,
): Promise<OfferAnswer> {
  const signal = AbortSignal.timeout(timeout)
  let answer = declined('provider-unknown')
  for (const entry of directory.find(provider).slice(0, MAX_ENTRIES)) {
    answer = await askOne({ host, exchange }, { entry, request, signal })
    if (answer.kind === 'offer') return answer
  }
  return answer
}

export type Asker = { readonly host: Libp2p; readonly exchange: Exchange; readonly directory: Directory }
type Question = { readonly entry: Entry; readonly request: OfferRequest; readonly signal: AbortSignal }

async function askOne(
  { host, exchange }: Omit<Asker, 'directory'>,
  { entry, request, signal }: Question,
): Promise<OfferAnswer> {
  try {
    const question = toBytes(offerRequest, request)
    for await (const bytes of askExchange(host, exchange, { who: target(host, entry), question }, signal)) {
      const answer = fromBytes(offerAnswer, bytes)
      return answer === undefined ? declined('malformed-answer') : fitting(answer, request)
    }
    return declined('malformed-answer')
  } catch (error) {
    return declined(signal.aborted ? 'timeout' : `unreachable: ${error instanceof Error ? error.name : 'error'}`)
  }
}

/** An open connection if there is one, else the addresses that the provider signed. */
function target(host: Libp2p, { addresses }: Entry): PeerId | Multiaddr[] {
  const connected = host.getPeers().find((peer) => addresses.some((address) => address.endsWith(`/p2p/${peer}`)))
  return connected ?? addresses.map((address) => multiaddr(address))
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

/** Requests per second and peer. */
const LIMIT = { rate: 10, burst: 40 }
const MAX_ENTRIES = 4
