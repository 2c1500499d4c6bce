// Is this message what it says it is? Cheap questions first, a signature or proof last. Meaning is judged elsewhere.

import { keccak256 } from '../../crypto/hash.ts'
import type { MarginAccount, PriceBatch } from '../../domain/market.ts'
import { type Attestation, culprit, type Evidence, type Kind, type Payloads } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import { type ChainId, type Instant, millis, since } from '../../domain/units.ts'
import { claimPlace } from '../../maths/slots.ts'
import { times } from './bucket.ts'
import { fromBytes, SHAPES } from './codec.ts'
import { attestationDigest, priceBatchDigest, statusDigest } from './digests.ts'
import type { SignatureFault } from './signatures.ts'
import { isHeaderOf, provenSlots, proveState, type StateFault } from './state-proof.ts'
import { TOPICS } from './topics.ts'
import type { Witness } from './witness.ts'

/** Why a message was dropped. Bounded: safe as a metric label. */
export type Reason =
  | 'oversize'
  | 'malformed'
  | 'rate-limited'
  | 'byte-budget'
  | 'overloaded'
  | 'queue-full'
  | 'judged'
  | 'unknown-engine'
  | 'unknown-chain'
  | 'unknown-vault'
  | 'unknown-publisher'
  | 'unknown-attestor'
  | 'empty'
  | 'stale'
  | 'expired'
  | 'from-future'
  | 'no-conflict'
  | 'outcast'
  | 'equivocation'
  | 'known'
  | SignatureFault
  | StateFault

/** What a message says, once checked. For a state: with the account rebuilt from its proofs. */
export type Statement = {
  readonly [K in Kind]: { readonly kind: K; readonly payload: Payloads[K]; readonly account?: MarginAccount }
}[Kind]

/** `later`: it may verify once this node knows more; the caller asks again before it gives up. */
export type Finding =
  | { readonly kind: 'valid'; readonly statement: Statement }
  | { readonly kind: 'ignore' | 'reject' | 'later'; readonly reason: Reason }
  /** Well signed, and a contradiction of what its author signed before: together they are evidence. */
  | { readonly kind: 'twin'; readonly evidence: Evidence }

/** Decodes and checks one message. Never throws for what the bytes say. */
export function verify<K extends Kind>(kind: K, bytes: Uint8Array, witness: Witness): Finding | Promise<Finding> {
  if (bytes.length > TOPICS[kind].maxSize) return reject('oversize')
  const payload = fromBytes(SHAPES[kind], bytes)
  if (payload === undefined) return reject('malformed')
  return CHECKS[kind](payload, witness)
}

type Check<K extends Kind> = (payload: Payloads[K], witness: Witness) => Finding | Promise<Finding>

const CHECKS: { readonly [K in Kind]: Check<K> } = {
  price(batch, witness) {
    const { network, trust, now, keys, newest, said, outcasts } = witness
    const engine = network.engines.find(({ chain }) => chain === batch.engine)
    if (engine === undefined) return reject('unknown-engine')
    if (!trust.publisher(batch.publisher)) return reject('unknown-publisher')
    if (outcasts.has(batch.publisher)) return ignore('outcast')
    if (batch.entries.length === 0) return reject('empty')
    if (batch.validUntil <= now()) return ignore('expired')
    const author = `price:${batch.engine}:${batch.publisher}`
    const untimely = outOfOrder(batch.sequence, newest.get(author), now())
    const earlier = untimely === 'stale' ? said.at(author, batch.sequence) : undefined
    if (untimely !== undefined && (earlier === undefined || earlier.signature === batch.signature))
      return ignore(untimely)
    const digest = priceBatchDigest(batch, engine.priceBook)
    const fault = keys.check(batch.publisher, digest, batch.signature)
    if (fault !== undefined) return reject(fault)
    if (earlier !== undefined)
      return priceBatchDigest(earlier, engine.priceBook) === digest
        ? ignore('stale')
        : { kind: 'twin', evidence: { kind: 'prices', first: earlier, second: batch } }
    newest.set(author, batch.sequence)
    said.keep(author, batch)
    if (!witness.voices.spend(author, now(), times(VOICE, witness.allowance))) return ignore('rate-limited')
    return valid({ kind: 'price', payload: batch })
  },

  async header(header, { network, trust }) {
    if (!chains(network).has(header.chain)) return reject('unknown-chain')
    if (!isHeaderOf(header.rlp, header)) return reject('bad-header')
    if ((await trust.trusted(header.chain, header.number, header.hash)) === 'unknown')
      return { kind: 'later', reason: 'unknown-root' }
    return valid({ kind: 'header', payload: header })
  },

  attestation(attestation, witness) {
    const { network, trust } = witness
    if (!chains(network).has(attestation.chain)) return reject('unknown-chain')
    if (!trust.attestor(attestation.attestor)) return ignore('unknown-attestor')
    if (witness.outcasts.has(attestation.attestor)) return ignore('outcast')
    const fault = attestedWrongly(attestation, witness)
    return fault === undefined ? valid({ kind: 'attestation', payload: attestation }) : reject(fault)
  },

  async state(state, { network, trust }) {
    if (!network.engines.some(({ chain }) => chain === state.engine)) return reject('unknown-engine')
    if ((await trust.trusted(state.engine, state.number, state.hash)) === 'unknown')
      return { kind: 'later', reason: 'unknown-root' }
    const proven = await proveState(state, network)
    if (proven.kind === 'unproven') return OUTRUN.has(proven.reason) ? ignore(proven.reason) : reject(proven.reason)
    return valid({ kind: 'state', payload: state, account: proven.account })
  },

  async claim(claim, { network, trust }) {
    const vault = network.vaults.find(({ id }) => id === claim.vault)
    const asset = vault?.assets.find(({ collateral }) => collateral === claim.collateral)?.token
    if (vault === undefined || asset === undefined) return reject('unknown-vault')
    const place = claimPlace(vault, { ...claim, asset }, keccak256)
    if (claim.chain !== place.chain) return reject('unknown-chain')
    if (claim.cumulative === 0n) return reject('empty')
    const { number, hash, header: rlp, proof } = claim
    if (!isHeaderOf(rlp, claim)) return reject('bad-header')
    if (proof.address !== place.contract || proof.slots[0]?.key !== place.slot) return reject('bad-proof')
    if ((await trust.trusted(claim.chain, number, hash)) === 'unknown') return { kind: 'later', reason: 'unknown-root' }
    const read = await provenSlots({ rlp, hash, number }, [proof])
    const proven = read?.(place.contract, place.slot) === claim.cumulative
    return proven ? valid({ kind: 'claim', payload: claim }) : reject('bad-proof')
  },

  evidence(evidence, witness) {
    if (witness.outcasts.has(culprit(evidence))) return ignore('known')
    const doubt = evidence.kind === 'attestations' ? twoBlocks(evidence, witness) : twoPrices(evidence, witness)
    if (doubt !== undefined) return doubt
    witness.outcasts.cast(culprit(evidence))
    return valid({ kind: 'evidence', payload: evidence })
  },

  status(status, { network, now, keys, newest, outcasts }) {
    if (outcasts.has(status.agent)) return ignore('outcast')
    const author = `status:${status.agent}`
    const untimely = outOfOrder(status.sequence, newest.get(author), now())
    if (untimely !== undefined) return ignore(untimely)
    if (since(status.sequence, now()) > STATUS_LIFETIME) return ignore('expired')
    const fault = keys.check(status.agent, statusDigest(status, network), status.signature)
    if (fault !== undefined) return reject(fault)
    remember(newest, author, status.sequence)
    return valid({ kind: 'status', payload: status })
  },
}

/** An account that changed while its proofs were fetched: no fault of the sender, and nothing to pass on. */
const OUTRUN: ReadonlySet<Reason> = new Set(['wrong-version', 'missing-slot'])

/** Batches of one publisher that are believed and passed on, per second: a loud one drowns nobody. */
export const VOICE = { rate: 50, burst: 100 } as const

/** How far an author's clock may run ahead of ours. */
const CLOCK_SLACK = millis(2_000)
const STATUS_LIFETIME = millis(60_000)
const MAX_AUTHORS = 4_096

const valid = (statement: Statement): Finding => ({ kind: 'valid', statement })
const reject = (reason: Reason): { kind: 'reject'; reason: Reason } => ({ kind: 'reject', reason })
const ignore = (reason: Reason): { kind: 'ignore'; reason: Reason } => ({ kind: 'ignore', reason })

function outOfOrder(sequence: Instant, newest: Instant | undefined, now: Instant): Reason | undefined {
  if (newest !== undefined && sequence <= newest) return 'stale'
  return since(now, sequence) > CLOCK_SLACK ? 'from-future' : undefined
}

type Doubt = ReturnType<typeof reject | typeof ignore> | undefined

function twoBlocks({ first, second }: Extract<Evidence, { kind: 'attestations' }>, witness: Witness): Doubt {
  const samePlace = first.attestor === second.attestor && first.chain === second.chain && first.number === second.number
  if (!samePlace || first.hash === second.hash) return reject('no-conflict')
  if (!chains(witness.network).has(first.chain)) return reject('unknown-chain')
  if (!witness.trust.attestor(first.attestor)) return ignore('unknown-attestor')
  const fault = attestedWrongly(first, witness) ?? attestedWrongly(second, witness)
  return fault && reject(fault)
}

function twoPrices({ first, second }: Extract<Evidence, { kind: 'prices' }>, { network, trust, keys }: Witness): Doubt {
  const engine = network.engines.find(({ chain }) => chain === first.engine)
  if (engine === undefined) return reject('unknown-engine')
  const digestOf = (batch: PriceBatch) => priceBatchDigest(batch, engine.priceBook)
  const samePlace =
    first.publisher === second.publisher && first.engine === second.engine && first.sequence === second.sequence
  if (!samePlace || digestOf(first) === digestOf(second)) return reject('no-conflict')
  if (!trust.publisher(first.publisher)) return ignore('unknown-publisher')
  const fault = [first, second]
    .map((batch) => keys.check(batch.publisher, digestOf(batch), batch.signature))
    .find(Boolean)
  return fault && reject(fault)
}

const attestedWrongly = (attestation: Attestation, { keys }: Witness): SignatureFault | undefined =>
  keys.check(attestation.attestor, attestationDigest(attestation), attestation.signature)

const chains = (network: Network): ReadonlySet<ChainId> =>
  new Set([...network.engines, ...network.vaults].map(({ chain }) => chain))

/** Anyone may sign a status, so the memory of authors is bounded. */
function remember(newest: Map<string, Instant>, author: string, sequence: Instant): void {
  if (newest.size >= MAX_AUTHORS) newest.clear()
  newest.set(author, sequence)
}
