import { describe, expect, test } from 'vitest'
import type { Head } from '../../../agent/domain/market.ts'
import type { Attestation } from '../../../agent/domain/message.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { createRoots } from '../../../agent/runtime/roots.ts'

const CHAIN = chainId(1)
const HASH = '0xaa'
const OTHER = '0xbb'

const attestation = (attestor: number, change: Partial<Attestation> = {}): Attestation => ({
  chain: CHAIN,
  number: 10n,
  hash: HASH,
  attestor: `0x${attestor.toString(16).padStart(40, '0')}`,
  signature: '0x',
  ...change,
})

const head = (change: Partial<Head> = {}): Head => ({
  chain: CHAIN,
  number: 10n,
  hash: HASH,
  parentHash: '0x',
  timestamp: 0n,
  ...change,
})

describe('roots', () => {
  test('a block is attested once a threshold signed it, in ascending order of attestor', () => {
    const roots = createRoots(2)
    roots.attest(attestation(9))
    expect(roots.newest(CHAIN, 10n)).toBeUndefined()
    roots.attest(attestation(3))
    expect(roots.newest(CHAIN, 10n)?.attestations.map(({ attestor }) => BigInt(attestor))).toEqual([3n, 9n])
    expect(roots.trusted(CHAIN, 10n, HASH)).toBe('attested')
  })

  test('no more signatures are carried than the threshold asks for', () => {
    const roots = createRoots(2)
    for (const attestor of [1, 2, 3]) roots.attest(attestation(attestor))
    expect(roots.newest(CHAIN, 1n)?.attestations).toHaveLength(2)
  })

  test('the newest attested block at or above the one asked for is found', () => {
    const roots = createRoots(1)
    roots.attest(attestation(1, { number: 10n }))
    roots.attest(attestation(1, { number: 12n }))
    expect(roots.newest(CHAIN, 11n)?.number).toBe(12n)
    expect(roots.newest(CHAIN, 13n)).toBeUndefined()
  })

  test('attestors who contradict our own node are not believed', () => {
    const roots = createRoots(1)
    roots.own(head({ hash: OTHER }))
    roots.attest(attestation(1))
    expect(roots.newest(CHAIN, 1n)).toBeUndefined()
    expect(roots.trusted(CHAIN, 10n, HASH)).toBe('unknown')
    expect(roots.trusted(CHAIN, 10n, OTHER)).toBe('own')
  })

  test('a block our node dropped is no longer ours', () => {
    const roots = createRoots(1)
    roots.own(head())
    roots.drop(CHAIN, 10n)
    expect(roots.trusted(CHAIN, 10n, HASH)).toBe('unknown')
  })

  test('one author signing two blocks at one height is evidence, and counts for neither twice', () => {
    const roots = createRoots(2)
    const first = attestation(1)
    const second = attestation(1, { hash: OTHER })
    expect(roots.attest(first)).toBeUndefined()
    expect(roots.attest(second)).toEqual({ kind: 'attestations', first, second })
    expect(roots.newest(CHAIN, 1n)).toBeUndefined()
  })

  test('the same attestation twice is no evidence', () => {
    const roots = createRoots(1)
    roots.attest(attestation(1))
    expect(roots.attest(attestation(1))).toBeUndefined()
  })
})
