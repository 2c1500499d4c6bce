import fc from 'fast-check'
import { type Address, getAddress, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import { foundIn, logsCall } from '../../../agent/adapters/chain/rpc/logs.ts'
import { typed } from '../../../agent/adapters/chain/rpc/shapes.ts'
import { checksummed } from '../../../agent/crypto/address.ts'

const hex = (digits: string, of: number): Hex => `0x${digits.repeat(of).slice(0, of)}`
const [UPDATED, OWED] = ['a1'.repeat(32), 'b2'.repeat(32)]
const ENGINE: Address = hex('5f', 40)
const account = (n: number): string => n.toString(16).padStart(40, 'c0')
const topicOf = (n: number): Hex => `0x${'0'.repeat(24)}${account(n)}`

/** A log of the engine that says that account `n` changed. */
const log = (n: number, change: Readonly<Record<string, unknown>> = {}) => ({
  address: ENGINE,
  topics: [`0x${UPDATED}`, topicOf(n)],
  data: `0x${'00'.repeat(31)}07`,
  blockHash: hex('1d', 64),
  blockNumber: `0x${(100 + (n % 50)).toString(16)}`,
  blockTimestamp: '0x65000000',
  transactionHash: hex('2e', 64),
  transactionIndex: '0x1',
  logIndex: `0x${n.toString(16)}`,
  removed: false,
  ...change,
})

const filter = {
  address: [ENGINE],
  topics: [[`0x${UPDATED}` as const, `0x${OWED}` as const]],
  fromBlock: '0x64',
  toBlock: '0xc8',
} as const
const call = logsCall(filter, new Set([UPDATED]))
const answer = (logs: readonly unknown[], id = 7): string => JSON.stringify({ jsonrpc: '2.0', id, result: logs })
const read = (text: string) => call.read?.(Buffer.from(text), 7)
const found = (text: string) => foundIn(read(text))

describe('logs read by place', () => {
  it('name each account once, spelt with its checksum, and leave every other log as it was', () => {
    const owed = log(4, { topics: [`0x${OWED}`, topicOf(9)], data: '0x01' })
    const { touched, others } = found(answer([log(1), log(2), owed, log(1)]))
    expect(touched).toEqual([1, 2].map((n) => getAddress(`0x${account(n)}`)))
    expect(others).toMatchObject([{ logIndex: 4, blockNumber: 104n, data: '0x01', topics: owed.topics }])
  })

  it('are none where there are none', () => {
    expect(found(answer([]))).toEqual({ touched: [], others: [] })
  })

  it('follow whatever order of fields a node writes', () => {
    const { address, topics, ...rest } = log(3)
    expect(found(answer([{ ...rest, topics, address }])).touched).toEqual([getAddress(`0x${account(3)}`)])
  })

  const unusual: Readonly<Record<string, string>> = {
    'spaces between fields': JSON.stringify(JSON.parse(answer([log(1)])), undefined, 1),
    'another id': answer([log(1)], 8),
    'an error': JSON.stringify({ jsonrpc: '2.0', id: 7, error: { code: -32_005, message: 'too many' } }),
    'a field that is not known': answer([log(1, { shard: '0x1' })]),
    'a log that is written differently': answer([log(1), Object.fromEntries(Object.entries(log(2)).toReversed())]),
    'a log that was removed': answer([log(1, { removed: true })]),
    'an end that is missing': answer([log(1)]).slice(0, -1),
    'words after the end': `${answer([log(1)])}{}`,
    'a log of another contract': answer([log(1, { address: hex('77', 40) })]),
    'a log of another block': answer([log(1, { blockNumber: '0xffff' })]),
    'a block without digits': answer([log(1, { blockNumber: '0x' })]),
    'an account with dirt above it': answer([log(1, { topics: [`0x${UPDATED}`, hex('1', 64)] })]),
    'no JSON at all': '<html>',
  }
  it.each(Object.keys(unusual))('are never taken from an answer with %s', (name) => {
    const scanned = read(unusual[name] ?? '')
    if (scanned !== undefined) expect(foundIn(scanned).touched).toEqual([])
  })

  it('say what parsing says, whatever is in the answer', () => {
    const some = fc.record({
      n: fc.nat(400),
      kind: fc.constantFrom(UPDATED, OWED),
      data: fc.uint8Array({ maxLength: 70 }),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (all) => {
        const logs = all.map(({ n, kind, data }) =>
          log(n, { topics: [`0x${kind}`, topicOf(n)], data: `0x${Buffer.from(data).toString('hex')}` }),
        )
        const { touched, others } = found(answer(logs))
        const parsed = foundIn(typed({ method: 'eth_getLogs', params: [filter] }, logs)).others
        const named = parsed.filter(({ topics }) => topics[0] === `0x${UPDATED}`)
        expect(new Set(touched)).toEqual(
          new Set(named.map(({ topics }) => getAddress(`0x${(topics[1] ?? '').slice(26)}`))),
        )
        expect(others).toEqual(parsed.filter(({ topics }) => topics[0] === `0x${OWED}`))
      }),
      { numRuns: 200 },
    )
  })

  it('survive any damage to the text without naming an account that is not in it', () => {
    const text = answer([log(1), log(2), log(3)])
    const known = new Set([1, 2, 3].map((n) => getAddress(`0x${account(n)}`)))
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('"', '}', ']', 'x', '\\', ' ', ''), (at, letter) => {
        const scanned = read(text.slice(0, at) + letter + text.slice(at + 1))
        if (scanned === undefined) return
        const { touched } = foundIn(scanned)
        expect(touched.filter((one) => !known.has(one))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

it('an address is spelt as ERC-55 says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const digits = Buffer.from(bytes).toString('hex')
      expect(checksummed(digits)).toBe(getAddress(`0x${digits}`))
    }),
  )
})
