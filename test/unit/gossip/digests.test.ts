import fc from 'fast-check'
import { hashTypedData, pad, toHex } from 'viem'
import { expect, test } from 'vitest'
import {
  attestationDigest,
  offerDigest,
  priceBatchDigest,
  statusDigest,
} from '../../../agent/adapters/gossip/digests.ts'
import { bps, chainId, instant, price, wad } from '../../../agent/domain/units.ts'
import * as a from './builders.ts'

const entryTypes = [
  { name: 'feed', type: 'uint16' },
  { name: 'price', type: 'uint64' },
  { name: 'confidence', type: 'uint16' },
  { name: 'shocks', type: 'uint256' },
] as const

test('a batch digest is what the price book recovers from', () => {
  const entry = fc.record({
    feed: fc.nat({ max: 65_535 }),
    price: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(price),
    confidence: fc.nat({ max: 65_535 }).map(bps),
    shocks: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  })
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 5 }),
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.nat(),
      (entries, at, chain) => {
        const batch = { engine: chainId(chain), sequence: instant(at), validUntil: instant(2 ** 48 - 1), entries }
        const typed = hashTypedData({
          domain: {
            name: 'Lienmesh PriceBook',
            version: '1',
            chainId: chain,
            verifyingContract: a.contract('price book'),
          },
          primaryType: 'Batch',
          types: {
            Batch: [
              { name: 'sequence', type: 'uint48' },
              { name: 'validUntil', type: 'uint48' },
              { name: 'entries', type: 'Entry[]' },
            ],
            Entry: entryTypes,
          },
          message: { sequence: at, validUntil: 2 ** 48 - 1, entries },
        })
        expect(priceBatchDigest(batch, a.contract('price book'))).toBe(typed)
      },
    ),
    { numRuns: 60 },
  )
})

test('an attestation digest binds chain, number and hash, and no contract', () => {
  const { chain, number, hash } = a.attestation()
  const typed = hashTypedData({
    domain: { name: 'Lienmesh Attestation', version: '1' },
    primaryType: 'Attestation',
    types: {
      Attestation: [
        { name: 'chainId', type: 'uint256' },
        { name: 'number', type: 'uint256' },
        { name: 'blockHash', type: 'bytes32' },
      ],
    },
    message: { chainId: BigInt(chain), number, blockHash: hash },
  })
  expect(attestationDigest({ chain, number, hash })).toBe(typed)
})

test('an offer digest is what the credit lines recover from', () => {
  const offer = {
    provider: a.carol.address,
    beneficiary: a.bob.address,
    bidder: a.alice.address,
    account: a.contract('trader'),
    rate: bps(9_650),
    maxCash: wad(10n ** 22n),
    validUntil: 1_800_000_010n,
    nonce: 1n << 200n,
  }
  const typed = hashTypedData({
    domain: {
      name: 'Lienmesh CreditLines',
      version: '1',
      chainId: a.ENGINE,
      verifyingContract: a.contract('credit lines'),
    },
    primaryType: 'Offer',
    types: {
      Offer: [
        { name: 'provider', type: 'address' },
        { name: 'beneficiary', type: 'address' },
        { name: 'bidder', type: 'address' },
        { name: 'account', type: 'address' },
        { name: 'rate', type: 'uint16' },
        { name: 'maxCash', type: 'uint128' },
        { name: 'validUntil', type: 'uint48' },
        { name: 'nonce', type: 'uint256' },
      ],
    },
    message: { ...offer, validUntil: Number(offer.validUntil) },
  })
  expect(offerDigest(offer, a.contract('credit lines'), a.ENGINE)).toBe(typed)
})

test('a status digest changes with every field and with the network', () => {
  const status = a.status()
  const digests = [
    statusDigest(status, a.network()),
    statusDigest({ ...status, name: 'other' }, a.network()),
    statusDigest({ ...status, addresses: [] }, a.network()),
    statusDigest({ ...status, provider: undefined }, a.network()),
    statusDigest(status, a.network({ name: 'elsewhere' })),
    pad(toHex(0)),
  ]
  expect(new Set(digests).size).toBe(digests.length)
})
