// The network of agents in one process: the same codec, checks and judges as the real adapter, no transport.
import { fromBytes, offerAnswer, offerRequest, SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { type Counters, createCounters } from '../../agent/adapters/gossip/counters.ts'
import { createDirectory, type Directory } from '../../agent/adapters/gossip/directory.ts'
import { createInbound, type Inbound } from '../../agent/adapters/gossip/inbound.ts'
import type { GossipOptions } from '../../agent/adapters/gossip/node.ts'
import { type Answerer, notServed } from '../../agent/adapters/gossip/offers.ts'
import { KINDS, networkDigest } from '../../agent/adapters/gossip/topics.ts'
import { createWitness } from '../../agent/adapters/gossip/witness.ts'
import type { OfferAnswer, OfferRequest } from '../../agent/domain/message.ts'
import type { Gossip, PeerInfo } from '../../agent/ports/gossip.ts'

export type FakeOptions = Pick<GossipOptions, 'network' | 'trust' | 'now' | 'signal'>
export type FakeNetwork = { readonly join: (options: FakeOptions) => Promise<Gossip> }

type Member = {
  readonly id: string
  readonly digest: string
  readonly inbound: Inbound
  readonly counters: Counters
  readonly directory: Directory
  answerer: Answerer
}

/** Whoever joins hears everybody else of the same network, one microtask later. */
export function createFakeNetwork(): FakeNetwork {
  const members = new Set<Member>()
  let joined = 0
  return {
    async join({ network, trust, now, signal }) {
      const counters = createCounters()
      const directory = createDirectory()
      const witness = createWitness({ network, trust, now })
      const inbound = createInbound(witness, counters, { met: directory.learn, kept: () => {}, caught: () => {} })
      const digest = networkDigest(network)
      const member: Member = { id: `fake-${++joined}`, digest, inbound, counters, directory, answerer: notServed }
      members.add(member)
      signal.addEventListener('abort', () => leave(members, member), { once: true })
      return gossipOf(member, members)
    },
  }
}

function gossipOf(member: Member, members: Set<Member>): Gossip {
  const others = (): readonly Member[] =>
    [...members].filter((other) => other !== member && other.digest === member.digest && members.has(member))
  return {
    peerId: member.id,
    addresses: [`/memory/${member.id}/p2p/${member.id}`],
    async publish(kind, payload) {
      const bytes = toBytes(SHAPES[kind], payload)
      member.counters.published(kind)
      for (const other of others()) void other.inbound.receive(kind, bytes, member.id)
    },
    messages: (judge, signal) => member.inbound.messages(judge, signal),
    async ask(provider, request, timeout) {
      const entries = member.directory.find(provider)
      const here = others().filter(({ id }) =>
        entries.some(({ addresses }) => addresses.some((a) => a.endsWith(`/${id}`))),
      )
      let answer: OfferAnswer = { kind: 'declined', reason: 'provider-unknown' }
      for (const other of here) {
        answer = await answered(other, request, timeout)
        if (answer.kind === 'offer') return answer
      }
      return answer
    },
    serve(answer) {
      member.answerer = answer
    },
    peers: () => others().map(described),
    stats: () => member.counters.read(),
    async stop() {
      leave(members, member)
    },
  }
}

const described = ({ id }: Member): PeerInfo => ({ id, address: `/memory/${id}`, topics: KINDS, mesh: KINDS, score: 0 })

function leave(members: Set<Member>, member: Member): void {
  members.delete(member)
  member.inbound.close()
}

/** The answer as it would arrive: over the codec, or a refusal when it takes too long. */
async function answered(other: Member, request: OfferRequest, timeout: number): Promise<OfferAnswer> {
  const received = fromBytes(offerRequest, toBytes(offerRequest, request))
  if (received === undefined) return { kind: 'declined', reason: 'malformed-request' }
  const late = Promise.withResolvers<OfferAnswer>()
  const timer = setTimeout(() => late.resolve({ kind: 'declined', reason: 'timeout' }), timeout)
  const answer = await Promise.race([other.answerer(received), late.promise]).finally(() => clearTimeout(timer))
  return fromBytes(offerAnswer, toBytes(offerAnswer, answer)) ?? { kind: 'declined', reason: 'malformed-answer' }
}
