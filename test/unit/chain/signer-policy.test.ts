// What a key may be used for, whoever asks.
import type { Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { EXECUTE, executeCall } from '../../../agent/adapters/chain/executor-call.ts'
import { requestIn, toLine } from '../../../agent/adapters/signer/line.ts'
import { type Policy, statementRefusal, transactionRefusal } from '../../../agent/adapters/signer/policy.ts'
import { bps, chainId, wad } from '../../../agent/domain/units.ts'
import type { UnsignedTransaction } from '../../../agent/ports/signer.ts'
import { contract, ENGINE, network, priceBatch } from '../gossip/builders.ts'

const SELF = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const executor = contract('executor')
const policy: Policy = {
  chains: [
    {
      chain: ENGINE,
      destinations: [{ to: executor, selector: EXECUTE, maxOutlay: 1_000n }],
      maxFee: 500n,
      maxGas: 3_000_000n,
    },
  ],
  statements: [
    { kind: 'attestation', chain: ENGINE },
    { kind: 'status', network: '0xaabbccdd' },
    { kind: 'offer', engine: ENGINE, creditLines: contract('credit lines') },
  ],
}

const call = (floor: bigint): Hex =>
  executeCall([{ target: contract('auction'), data: '0x1234' }], {
    ...{ intent: `0x${'11'.repeat(32)}`, leg: 0, deadline: 9n, floor },
  })

const bid = (change: Partial<UnsignedTransaction> = {}): UnsignedTransaction => ({
  ...{ chain: ENGINE, nonce: 0, to: executor, value: 0n, data: call(-1_000n), gas: 2_000_000n, maxFee: 500n, tip: 2n },
  ...change,
})

describe('a transaction', () => {
  test('of our executor within its cap is signed, and so is a cancel', () => {
    expect(transactionRefusal(policy, SELF, bid())).toBeUndefined()
    expect(transactionRefusal(policy, SELF, bid({ data: call(7n) }))).toBeUndefined()
    expect(transactionRefusal(policy, SELF, bid({ to: SELF, data: '0x', gas: 21_000n }))).toBeUndefined()
  })

  test.each([
    ['of another chain', { chain: chainId(5) }, 'chain 5 is not ours'],
    ['to a stranger', { to: contract('mallory') }, `${contract('mallory')} is not on the allow-list`],
    ['with native coin', { value: 1n }, 'it carries 1 wei, expected none'],
    ['to ourselves with data', { to: SELF, data: '0x00' }, `${SELF} is not on the allow-list`],
    ['to ourselves with coin', { to: SELF, data: '0x', value: 5n }, 'it carries 5 wei, expected none'],
    ['above the fee ceiling', { maxFee: 501n }, 'it offers 501 wei per gas, at most 500 is allowed'],
    ['with a tip above its fee', { maxFee: 1n }, 'its tip of 2 wei is above the 1 it offers in all'],
    ['with more gas than any call needs', { gas: 3_000_001n }, 'it may burn 3000001 gas, at most 3000000 is allowed'],
    ['that may cost a wei too much', { data: call(-1_001n) }, 'it may cost 1001, at most 1000 is allowed'],
    ['that may cost everything', { data: call(-(2n ** 255n)) }, `it may cost ${2n ** 255n}, at most 1000 is allowed`],
    ['of another function', { data: '0xdeadbeef' }, `${executor} is not called by 0xdeadbeef`],
    ['without a call', { data: '0x' }, `${executor} is not called by 0x`],
    ['whose guard is cut off', { data: EXECUTE }, `its call of ${executor} is cut short`],
  ] as const)('%s is refused', (_name, change, reason) => {
    expect(transactionRefusal(policy, SELF, bid(change))).toBe(reason)
  })
})

describe('a statement', () => {
  const hash: Hex = `0x${'22'.repeat(32)}`
  const offer = {
    ...{ provider: executor, beneficiary: executor, bidder: executor, account: executor },
    ...{ rate: bps(9_000), maxCash: wad(1n), validUntil: 1n, nonce: 1n },
  }
  test('of our roles is signed', () => {
    expect(statementRefusal(policy, { kind: 'attestation', chain: ENGINE, number: 1n, hash })).toBeUndefined()
    expect(statementRefusal(policy, { kind: 'status', network: '0xAABBCCDD', fields: '0x' })).toBeUndefined()
    const creditLines = contract('credit lines')
    expect(statementRefusal(policy, { kind: 'offer', engine: ENGINE, creditLines, offer })).toBeUndefined()
  })

  test.each([
    ['about another chain', { kind: 'attestation', chain: chainId(5), number: 1n, hash }],
    ['on another network', { kind: 'status', network: '0xaabbccde', fields: '0x' }],
    ['for another contract', { kind: 'offer', engine: ENGINE, creditLines: contract('other'), offer }],
    [
      'of a role we do not have',
      { kind: 'price', priceBook: network().engines[0]?.priceBook ?? '0x', batch: priceBatch() },
    ],
  ] as const)('%s is refused', (_name, statement) => {
    expect(statementRefusal(policy, statement)).toBe(`no ${statement.kind} of this kind is ours to sign`)
  })
})

describe('a request', () => {
  test('arrives as it was asked', () => {
    const request = { ask: 'transaction', transaction: bid() } as const
    expect(requestIn(toLine({ id: 3, ...request }))).toEqual({ id: 3, request })
    const { publisher: _publisher, signature: _signature, ...batch } = priceBatch()
    const stating = { ask: 'statement', statement: { kind: 'price', priceBook: executor, batch } } as const
    expect(requestIn(toLine({ id: 4, ...stating }))).toEqual({ id: 4, request: stating })
  })

  test.each([
    ['no JSON', 'sign this'],
    ['a bare digest', toLine({ id: 1, ask: 'sign', digest: `0x${'11'.repeat(32)}` })],
    ['no number', toLine({ ask: 'transaction', transaction: bid() })],
    ['a negative nonce', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), nonce: -1 } })],
    ['half a nonce', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), nonce: 0.5 } })],
    ['a value below zero', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), value: -1n } })],
    ['a value as a number', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), value: 1 } })],
    ['no destination', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), to: undefined } })],
    ['half a byte of data', toLine({ id: 1, ask: 'transaction', transaction: { ...bid(), data: '0x123' } })],
    ['a kind that does not exist', toLine({ id: 1, ask: 'statement', statement: { kind: 'permit' } })],
    [
      'a short hash',
      toLine({ id: 1, ask: 'statement', statement: { kind: 'attestation', chain: 1, number: 1n, hash: '0x11' } }),
    ],
  ])('with %s is none', (_name, line) => {
    expect(requestIn(line)).toBeUndefined()
  })
})
