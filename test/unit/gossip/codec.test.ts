import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { bytesToHex, getAddress, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { fromBytes, offerAnswer, offerRequest, SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { KINDS } from '../../../agent/adapters/gossip/topics.ts'
import type { PriceBatch } from '../../../agent/domain/market.ts'
import type { Kind, Payloads, Status } from '../../../agent/domain/message.ts'
import { bps, chainId, instant, price, wad } from '../../../agent/domain/units.ts'
import { sampleBytes as bytesOf, samples } from '../../support/samples.ts'
import * as a from './builders.ts'

test.for(KINDS)('a %s survives the wire unchanged', (kind) => {
  expect(roundTrip(kind)).toEqual(samples[kind])
})

test('evidence of two prices survives the wire beside that of two blocks', () => {
  const evidence = a.twoPrices()
  expect(fromBytes(SHAPES.evidence, toBytes(SHAPES.evidence, evidence))).toEqual(evidence)
})

test('an offer, its request and a refusal survive the wire', () => {
  const offer = {
    provider: a.carol.address,
    beneficiary: a.bob.address,
    bidder: a.alice.address,
    account: a.contract('trader'),
    rate: bps(9_650),
    maxCash: wad(10n ** 22n),
    validUntil: 1_800_000_010n,
    nonce: 1n << 200n,
    signature: a.attestation().signature,
  }
  for (const answer of [{ kind: 'offer', offer } as const, { kind: 'declined', reason: 'reserves exhausted' } as const])
    expect(fromBytes(offerAnswer, toBytes(offerAnswer, answer))).toEqual(answer)
  expect(fromBytes(offerRequest, toBytes(offerRequest, a.offerRequest()))).toEqual(a.offerRequest())
})

test('shared trie nodes of a state travel once', () => {
  const nodes = samples.state.proofs.flatMap(({ accountProof, slots }) => [
    ...accountProof,
    ...slots.flatMap((s) => s.proof),
  ])
  const naive = nodes.reduce((sum, node) => sum + (node.length - 2) / 2, 0)
  expect(toBytes(SHAPES.state, samples.state).length).toBeLessThan(0.7 * naive)
})

test('arbitrary bytes are never a message and never throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 400 }), (kind, bytes) => {
      expect(reencoded(kind, bytes)).toBeUndefined()
    }),
    { numRuns: 5_000 },
  )
})

test('well-formed CBOR of another shape is never a message', () => {
  const anything = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.integer(),
      fc.string(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.uint8Array({ maxLength: 80 }),
      fc.array(tie('node'), { maxLength: 8 }),
      fc.constant(null),
    ),
  })).node
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), anything, (kind, value) => {
      expect(reencoded(kind, encode(value))).toBeUndefined()
    }),
    { numRuns: 3_000 },
  )
})

test('a mutated message is refused or is itself canonical', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.constantFrom(...KINDS.filter((kind) => kind !== 'state')), flips, (kind, changes) => {
      const bytes = bytesOf(kind)
      for (const [at, mask] of changes) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask
      const again = reencoded(kind, bytes)
      expect(again === undefined || Buffer.compare(again, bytes) === 0).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})

test('deep nesting is refused', () => {
  expect(fromBytes(SHAPES.price, new Uint8Array(16_384).fill(0x81))).toBeUndefined()
})

test.for<[string, (fields: unknown[]) => unknown]>([
  ['a field more', (fields) => [...fields, 0]],
  ['a field less', (fields) => fields.slice(0, -1)],
  ['a number padded with a zero byte', (fields) => [fields[0], fields[1], new Uint8Array([0, 7]), ...fields.slice(3)]],
  ['a float', (fields) => [1.5, ...fields.slice(1)]],
  ['a negative number', (fields) => [-1, ...fields.slice(1)]],
])('%s makes it another message, not the same one', ([, change]) => {
  const fields = decode(toBytes(SHAPES.claim, samples.claim)) as unknown[]
  expect(fromBytes(SHAPES.claim, encode(change(fields)))).toBeUndefined()
})

test('any batch of prices survives the wire', () => {
  fc.assert(
    fc.property(batches, (batch) => {
      expect(fromBytes(SHAPES.price, toBytes(SHAPES.price, batch))).toEqual(batch)
    }),
    { numRuns: 300 },
  )
})

test('any status survives the wire, debts included', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), fc.boolean(), (reserves, provides) => {
      const provider = provides
        ? { account: a.bob.address, engine: a.ENGINE, reserves: wad(reserves), rates: [] }
        : undefined
      const status: Status = { ...a.status(), provider }
      expect(fromBytes(SHAPES.status, toBytes(SHAPES.status, status))).toEqual(status)
    }),
  )
})

const bytesHex = (length: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => bytesToHex(bytes))
const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })

const batches: fc.Arbitrary<PriceBatch> = fc.record({
  engine: fc.nat().map(chainId),
  publisher: bytesHex(20).map((hex) => getAddress(hex)),
  sequence: fc.integer({ min: 0, max: 2 ** 48 - 1 }).map(instant),
  validUntil: fc.integer({ min: 0, max: 2 ** 48 - 1 }).map(instant),
  entries: fc.array(
    fc.record({
      feed: fc.nat({ max: 65_535 }),
      price: uint(64).map(price),
      confidence: fc.nat({ max: 65_535 }).map(bps),
      shocks: uint(256),
    }),
    { maxLength: 8 },
  ),
  signature: bytesHex(65),
})

function roundTrip<K extends Kind>(kind: K): Payloads[K] | undefined {
  return fromBytes(SHAPES[kind], bytesOf(kind))
}

function reencoded<K extends Kind>(kind: K, bytes: Uint8Array): Uint8Array | undefined {
  const value = fromBytes(SHAPES[kind], bytes)
  return value === undefined ? undefined : toBytes(SHAPES[kind], value)
}
