// One canonical encoding per payload: deterministic CBOR arrays, decoded by shape, re-encoded and compared on receipt.
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import type { Address, Hex } from 'viem'
import type { PriceBatch, PriceEntry } from '../../domain/market.ts'
import type {
  Attestation,
  Evidence,
  Header,
  Kind,
  Offer,
  OfferAnswer,
  OfferRequest,
  Payloads,
  ProvenClaim,
  ProvenState,
  ProviderStatus,
  RouteReport,
  Status,
  StorageProof,
} from '../../domain/message.ts'
import { bps, chainId, instant, millis, price, wad } from '../../domain/units.ts'
import {
  address,
  big,
  hex,
  list,
  number,
  oneKind,
  oneOf,
  optional,
  record,
  type Shape,
  ShapeError,
  signed,
  text,
  via,
} from './shape.ts'

/** The canonical bytes of a value. Throws a `ShapeError` when a field is out of bounds. */
export const toBytes = <T>(shape: Shape<T>, value: T): Uint8Array => encode(shape.encode(value), rfc8949EncodeOptions)

/** The value of canonical bytes; `undefined` for anything else, whatever the bytes. */
export function fromBytes<T>(shape: Shape<T>, bytes: Uint8Array): T | undefined {
  try {
    const value = shape.decode(decode(bytes, STRICT))
    return Buffer.compare(toBytes(shape, value), bytes) === 0 ? value : undefined
  } catch {
    return undefined // Any failure to decode a stranger's bytes means the same: they are not a message.
  }
}

const MAX_NODES = 256

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  allowInfinity: false,
  allowNaN: false,
}

const chain = via(number(Number.MAX_SAFE_INTEGER), Number, chainId)
const moment = via(number(2 ** 48 - 1), Number, instant)
const ratio = via(number(65_535), Number, bps)
const hash = hex(32)
const signature = hex(65)
const vault = text(64)
const collateral = number(255)
const dollars = via(signed(128), BigInt, wad)

const priceEntry = record<PriceEntry>({
  feed: number(65_535),
  price: via(big(64), BigInt, price),
  confidence: ratio,
  shocks: big(256),
})

const priceBatch = record<PriceBatch>({
  engine: chain,
  publisher: address,
  sequence: moment,
  validUntil: moment,
  entries: list(priceEntry, 128),
  signature,
})

const attestation = record<Attestation>({ chain, number: big(64), hash, attestor: address, signature })

const header = record<Header>({ chain, number: big(64), hash, rlp: hex(1, 2048) })

const provider = record<ProviderStatus>({
  account: address,
  engine: chain,
  reserves: dollars,
  rates: list(record({ collateral, rate: ratio }), 64),
})

const routeReport = record<RouteReport>({
  vault,
  settled: number(2 ** 32 - 1),
  median: via(number(Number.MAX_SAFE_INTEGER), Number, millis),
  stuck: number(65_535),
})

const unsignedStatusFields = {
  agent: address,
  name: text(64),
  sequence: moment,
  version: text(32),
  heads: list(record({ chain, number: big(64) }), 32),
  addresses: list(text(160), 8),
  provider: optional(provider),
  routes: list(routeReport, 32),
}

/** A status without its signature: what the agent signs. */
export const unsignedStatus = record<Omit<Status, 'signature'>>(unsignedStatusFields)

const provenClaim = record<ProvenClaim>({
  chain,
  vault,
  kind: oneOf('opened', 'paid'),
  beneficiary: address,
  collateral,
  cumulative: big(256),
  number: big(64),
  hash,
  header: hex(1, 2048),
  proof: record<StorageProof>({
    address,
    accountProof: list(hex(1, 1024), 64),
    slots: list(record({ key: hash, proof: list(hex(1, 1024), 64) }), 1),
  }),
})

/** A node of a trie, referred to by its index in the table that precedes the proofs. */
type Packed = Omit<ProvenState, 'proofs'> & {
  readonly nodes: readonly Hex[]
  readonly proofs: readonly {
    readonly address: Address
    readonly accountProof: readonly number[]
    readonly slots: readonly { readonly key: Hex; readonly proof: readonly number[] }[]
  }[]
}

const path = list(number(MAX_NODES), 64)

const packedState = record<Packed>({
  engine: chain,
  account: address,
  version: big(64),
  number: big(64),
  hash,
  header: hex(1, 2048),
  nodes: list(hex(1, 1024), MAX_NODES),
  proofs: list(record({ address, accountProof: path, slots: list(record({ key: hash, proof: path }), 64) }), 16),
})

/** Proofs of one account share most of their trie nodes: each is sent once. */
const provenState: Shape<ProvenState> = via(packedState, pack, unpack)

function pack(state: ProvenState): Packed {
  const index = new Map<Hex, number>()
  const refer = (node: Hex): number => {
    const known = index.get(node) ?? index.size
    index.set(node, known)
    return known
  }
  const proofs = state.proofs.map(({ address, accountProof, slots }) => ({
    address,
    accountProof: accountProof.map(refer),
    slots: slots.map(({ key, proof }) => ({ key, proof: proof.map(refer) })),
  }))
  return { ...state, proofs, nodes: [...index.keys()] }
}

function unpack({ nodes, proofs, ...state }: Packed): ProvenState {
  const node = (index: number): Hex => {
    const found = nodes[index]
    if (found === undefined) throw new ShapeError(`expected a node below ${nodes.length}, found ${index}`)
    return found
  }
  const whole = proofs.map(({ address, accountProof, slots }) => ({
    address,
    accountProof: accountProof.map(node),
    slots: slots.map(({ key, proof }) => ({ key, proof: proof.map(node) })),
  }))
  return { ...state, proofs: whole }
}

const pairOf = <K extends Evidence['kind'], T>(kind: K, said: Shape<T>) =>
  via<{ readonly kind: K; readonly first: T; readonly second: T }, { readonly first: T; readonly second: T }>(
    record({ first: said, second: said }),
    ({ first, second }) => ({ first, second }),
    (pair) => ({ kind, ...pair }),
  )

const evidence = oneKind<Evidence>({
  attestations: pairOf('attestations', attestation),
  prices: pairOf('prices', priceBatch),
})

/** Shape of every gossiped payload. */
export const SHAPES: { readonly [K in Kind]: Shape<Payloads[K]> } = {
  price: priceBatch,
  header,
  attestation,
  state: provenState,
  claim: provenClaim,
  evidence,
  status: record<Status>({ ...unsignedStatusFields, signature }),
}

/** What a bidder sends to a provider. */
export const offerRequest = record<OfferRequest>({
  engine: chain,
  bidder: address,
  account: address,
  value: dollars,
  collaterals: list(collateral, 64),
})

const offer = record<Offer>({
  provider: address,
  beneficiary: address,
  bidder: address,
  account: address,
  rate: ratio,
  maxCash: dollars,
  validUntil: big(48),
  nonce: big(256),
  signature,
})

type WireAnswer = { readonly offer: Offer | undefined; readonly reason: string }

/** What the provider answers. */
export const offerAnswer: Shape<OfferAnswer> = via(
  record<WireAnswer>({ offer: optional(offer), reason: text(256) }),
  (answer): WireAnswer =>
    answer.kind === 'offer' ? { offer: answer.offer, reason: '' } : { offer: undefined, reason: answer.reason },
  (wire): OfferAnswer =>
    wire.offer === undefined ? { kind: 'declined', reason: wire.reason } : { kind: 'offer', offer: wire.offer },
)
