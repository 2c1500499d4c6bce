import { expect, test } from 'vitest'
import { SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { type Finding, verify } from '../../../agent/adapters/gossip/verify.ts'
import { createWitness, type Witness } from '../../../agent/adapters/gossip/witness.ts'
import type { Kind, Payloads } from '../../../agent/domain/message.ts'
import { chainId, instant } from '../../../agent/domain/units.ts'
import * as a from './builders.ts'
import { account, provenState } from './state-builder.ts'

type Case = { [K in Kind]: readonly [claim: string, kind: K, payload: Payloads[K], verdict: string] }[Kind]

const state = await provenState()
const known = a.priceBatch()

test.for<Case>([
  ['a signed batch', 'price', a.priceBatch(), 'valid'],
  ['a forged batch', 'price', a.priceBatch({}, a.mallory), 'reject bad-signature'],
  [
    'a batch of somebody who is no publisher',
    'price',
    a.priceBatch({ publisher: a.mallory.address }, a.mallory),
    'reject unknown-publisher',
  ],
  [
    'a batch with a price changed after signing',
    'price',
    { ...known, entries: known.entries.slice(1) },
    'reject bad-signature',
  ],
  ['a batch with a mirrored signature', 'price', { ...known, signature: a.highS(known.signature) }, 'reject high-s'],
  ['a batch for another engine', 'price', a.priceBatch({ engine: chainId(5) }), 'reject unknown-engine'],
  ['a batch of nothing', 'price', a.priceBatch({ entries: [] }), 'reject empty'],
  ['a batch that ran out', 'price', a.priceBatch({ validUntil: a.NOW }), 'ignore expired'],
  ['a batch from the future', 'price', a.priceBatch({ sequence: instant(a.NOW + 2_001) }), 'ignore from-future'],
  ['an attestation', 'attestation', a.attestation(), 'valid'],
  ['a forged attestation', 'attestation', a.attestation({}, a.mallory), 'reject bad-signature'],
  [
    'an attestation of a stranger',
    'attestation',
    a.attestation({ attestor: a.mallory.address }, a.mallory),
    'ignore unknown-attestor',
  ],
  ['an attestation of a foreign chain', 'attestation', a.attestation({ chain: chainId(1) }), 'reject unknown-chain'],
  ['two attestations that contradict', 'evidence', a.twoBlocks(), 'valid'],
  [
    'two attestations that agree',
    'evidence',
    { kind: 'attestations', first: a.attestation(), second: a.attestation() },
    'reject no-conflict',
  ],
  ['evidence with one forged half', 'evidence', a.twoBlocks({}, a.mallory), 'reject bad-signature'],
  ['two prices under one sequence', 'evidence', a.twoPrices(), 'valid'],
  ['two prices, one of them forged', 'evidence', a.twoPrices({}, a.mallory), 'reject bad-signature'],
  ['two prices under two sequences', 'evidence', a.twoPrices({ sequence: instant(a.NOW + 1) }), 'reject no-conflict'],
  [
    'one price twice',
    'evidence',
    { kind: 'prices', first: a.priceBatch(), second: a.priceBatch() },
    'reject no-conflict',
  ],
  ['a header', 'header', a.header(), 'valid'],
  ['a header of another block', 'header', a.header({ number: 13n }), 'reject bad-header'],
  ['a header of a foreign chain', 'header', a.header({ chain: chainId(1) }), 'reject unknown-chain'],
  ['a proven state', 'state', state, 'valid'],
  ['a state with a proof missing', 'state', { ...state, proofs: [] }, 'ignore missing-slot'],
  ['a state with a header of another block', 'state', { ...state, header: '0xc0' }, 'reject bad-header'],
  [
    'a state with a broken proof',
    'state',
    { ...state, proofs: state.proofs.map((proof) => ({ ...proof, accountProof: [] })) },
    'reject bad-proof',
  ],
  ['a state of another version', 'state', { ...state, version: 1n }, 'ignore wrong-version'],
  ['a claim', 'claim', a.claim(), 'valid'],
  ['a claim to more than was proven', 'claim', a.claim({ cumulative: 6n }, 5n), 'reject bad-proof'],
  ['a claim of somebody else', 'claim', a.claim({ beneficiary: a.mallory.address }), 'reject bad-proof'],
  ['a claim at a block that is another', 'claim', a.claim({ number: 13n }), 'reject bad-header'],
  [
    'a claim with a proof of nothing',
    'claim',
    a.claim({ proof: { ...a.claim().proof, slots: [] } }),
    'reject bad-proof',
  ],
  ['a claim on a vault that does not exist', 'claim', a.claim({ vault: 'vault-lost' }), 'reject unknown-vault'],
  ['a payment reported from the wrong chain', 'claim', a.claim({ kind: 'paid' }), 'reject unknown-chain'],
  ['a claim to nothing', 'claim', a.claim({ cumulative: 0n }), 'reject empty'],
  ['a status', 'status', a.status(), 'valid'],
  ['a status signed by another', 'status', a.status({}, a.mallory), 'reject bad-signature'],
  [
    'a status of another network',
    'status',
    a.status({}, a.carol, a.network({ name: 'other' })),
    'reject bad-signature',
  ],
  ['an old status', 'status', a.status({ sequence: instant(a.NOW - 60_001) }), 'ignore expired'],
])('%s: %s', async ([, kind, payload, verdict]) => {
  expect(summary(await verify(kind, bytesOf(kind, payload), witness()))).toBe(verdict)
})

test('a batch older than the newest verified one is dropped before its signature is checked', async () => {
  const w = witness()
  await verify('price', bytesOf('price', a.priceBatch()), w)
  const older = a.priceBatch({ sequence: instant(a.NOW - 1) }, a.mallory)
  expect(await verify('price', bytesOf('price', older), w)).toEqual({ kind: 'ignore', reason: 'stale' })
})

test('a second batch of one sequence is evidence with the first, and nothing of its author is believed after that', async () => {
  const w = witness()
  const [first, second] = [a.priceBatch(), a.priceBatch({ entries: a.priceBatch().entries.slice(1) })]
  await verify('price', bytesOf('price', first), w)
  const evidence = { kind: 'prices', first, second } as const
  expect(await verify('price', bytesOf('price', second), w)).toEqual({ kind: 'twin', evidence })
  expect(summary(await verify('evidence', bytesOf('evidence', evidence), w))).toBe('valid')
  const next = a.priceBatch({ sequence: instant(a.NOW + 1) })
  expect(summary(await verify('price', bytesOf('price', next), w))).toBe('ignore outcast')
  expect(summary(await verify('evidence', bytesOf('evidence', evidence), w))).toBe('ignore known')
})

test('a forged twin convicts nobody', async () => {
  const w = witness()
  await verify('price', bytesOf('price', a.priceBatch()), w)
  const forged = a.priceBatch({ entries: a.priceBatch().entries.slice(1) }, a.mallory)
  expect(summary(await verify('price', bytesOf('price', forged), w))).toBe('reject bad-signature')
})

test('a ban ends', async () => {
  let now = a.NOW
  const w = createWitness({ network: a.network(), trust: a.trust(), now: () => now })
  await verify('evidence', bytesOf('evidence', a.twoBlocks()), w)
  expect(summary(await verify('attestation', bytesOf('attestation', a.attestation()), w))).toBe('ignore outcast')
  now = instant(a.NOW + 86_400_001)
  expect(summary(await verify('attestation', bytesOf('attestation', a.attestation()), w))).toBe('valid')
})

test('a forgery does not advance the sequence of the publisher it names', async () => {
  const w = witness()
  await verify('price', bytesOf('price', a.priceBatch({ sequence: instant(a.NOW + 1_000) }, a.mallory)), w)
  expect(summary(await verify('price', bytesOf('price', a.priceBatch()), w))).toBe('valid')
})

test('a state says which account it proves', async () => {
  const anchor = { chain: a.ENGINE, number: 12n, hash: state.hash }
  expect(await verify('state', bytesOf('state', state), witness())).toEqual({
    kind: 'valid',
    statement: { kind: 'state', payload: state, account: account({ anchor }) },
  })
})

test('a state of a block that nobody vouched for has to wait', async () => {
  const w = { ...witness(), trust: a.trust({ trusted: () => 'unknown' }) }
  expect(await verify('state', bytesOf('state', state), w)).toEqual({ kind: 'later', reason: 'unknown-root' })
})

test('a message above the size of its kind is not even decoded', async () => {
  expect(await verify('claim', new Uint8Array(65_537), witness())).toEqual({ kind: 'reject', reason: 'oversize' })
})

test('garbage is malformed', async () => {
  expect(await verify('claim', new Uint8Array(80), witness())).toEqual({ kind: 'reject', reason: 'malformed' })
})

const witness = (): Witness => createWitness({ network: a.network(), trust: a.trust(), now: () => a.NOW })

function bytesOf<K extends Kind>(kind: K, payload: Payloads[K]): Uint8Array {
  return toBytes(SHAPES[kind], payload)
}

const summary = (finding: Finding): string => ('reason' in finding ? `${finding.kind} ${finding.reason}` : finding.kind)
