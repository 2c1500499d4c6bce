// One row per kind of message. A kind that is missing anywhere here, in SHAPES or in CHECKS does not compile.
import { type Hex, keccak256, stringToHex } from 'viem'
import type { Kind } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'

/** How a kind travels. Sizes in bytes, rates per second and relaying peer. */
export type Topic = {
  /** A larger message is rejected before it is decoded. */
  readonly maxSize: number
  /** Verified messages waiting for their reader; beyond it the oldest of the kind is dropped. */
  readonly queue: number
  /** Token bucket of one relaying peer, spent before a signature is checked. */
  readonly rate: number
  readonly burst: number
  /** Own messages of this kind go to every subscriber, not only to the mesh. */
  readonly flood: boolean
  /** Share of this topic in a peer's score. */
  readonly weight: number
  /** Deliveries per second that every mesh peer must show; zero where silence is honest. */
  readonly expected: number
}

export const TOPICS: { readonly [K in Kind]: Topic } = {
  price: { maxSize: 16_384, queue: 1_024, rate: 200, burst: 400, flood: true, weight: 1, expected: 4 },
  header: { maxSize: 2_176, queue: 512, rate: 50, burst: 100, flood: false, weight: 0.5, expected: 0 },
  attestation: { maxSize: 512, queue: 2_048, rate: 100, burst: 200, flood: true, weight: 1, expected: 0 },
  state: { maxSize: 131_072, queue: 512, rate: 50, burst: 200, flood: false, weight: 0.5, expected: 0 },
  claim: { maxSize: 65_536, queue: 512, rate: 20, burst: 60, flood: false, weight: 0.25, expected: 0 },
  evidence: { maxSize: 32_896, queue: 128, rate: 5, burst: 20, flood: true, weight: 1, expected: 0 },
  status: { maxSize: 8_192, queue: 512, rate: 20, burst: 100, flood: false, weight: 0.25, expected: 0 },
}

/** Every kind, in the order of the table. */
export const KINDS = Object.keys(TOPICS) as readonly Kind[]

/** Names of the topics of one network, and back. */
export type TopicNames = {
  readonly of: (kind: Kind) => string
  readonly kind: (topic: string) => Kind | undefined
  readonly all: readonly string[]
}

/** Topic names of a network: nodes of different networks share no topic. */
export function topicNames(network: Network): TopicNames {
  const prefix = protocolPrefix(network)
  const byName = new Map(KINDS.map((kind) => [`${prefix}/${kind}`, kind]))
  return { of: (kind) => `${prefix}/${kind}`, kind: (topic) => byName.get(topic), all: [...byName.keys()] }
}

/** '/lienmesh/<major>/<digest>', under which every protocol of a network lives. */
export const protocolPrefix = (network: Network): string => `/lienmesh/${MAJOR}/${networkDigest(network).slice(2)}`

/** Four bytes of the identity of a network: protocol version, name, chains and contracts, publishers. */
export function networkDigest(network: Network): Hex {
  const known = digests.get(network)
  if (known !== undefined) return known
  const digest: Hex = `0x${keccak256(stringToHex(JSON.stringify(identity(network)).toLowerCase())).slice(2, 10)}`
  digests.set(network, digest)
  return digest
}

const digests = new WeakMap<Network, Hex>()

function identity({ name, engines, vaults, publishers }: Network): unknown {
  const chainsAndContracts = [
    ...engines.map((e) =>
      [
        e.chain,
        e.engine,
        e.auction,
        e.priceBook,
        e.creditLines,
        e.riskParameters,
        e.insuranceFund,
        e.registry,
        e.cash,
      ].join(),
    ),
    ...vaults.map((v) => [v.id, v.chain, v.engine, v.vault, v.mirror, v.engineSource.at, v.vaultSource.at].join()),
  ]
  return [MAJOR, name, sorted(chainsAndContracts), sorted(publishers)]
}

const sorted = (items: readonly string[]): readonly string[] => items.map((item) => item.toLowerCase()).sort()

const MAJOR = 1
