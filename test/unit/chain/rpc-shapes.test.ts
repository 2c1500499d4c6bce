import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { typed } from '../../../agent/adapters/chain/rpc/shapes.ts'
import { type Call, Malformed } from '../../../agent/adapters/chain/rpc/typing.ts'

function word(digit: string) {
  return `0x${digit.repeat(64)}`
}

const block = {
  number: '0x7',
  hash: word('a'),
  parentHash: word('b'),
  timestamp: '0x1',
  stateRoot: word('c'),
  transactionsRoot: word('d'),
  receiptsRoot: word('e'),
  gasLimit: '0x10',
  gasUsed: '0x0',
}

const call = (method: string, ...params: readonly unknown[]): Call => ({ method, params })

describe('an answer', () => {
  test('is handed on in its shortest form, without what nobody asked for', () => {
    expect(typed(call('eth_blockNumber'), '0x00Ff')).toBe('0xff')
    expect(typed(call('eth_getBlockByHash', word('a')), { ...block, hash: word('A'), surprise: 1 })).toEqual(block)
  })

  test.each([
    ['a height that no chain reaches', call('eth_blockNumber'), `0x1${'0'.repeat(13)}`],
    ['a number as a number', call('eth_chainId'), 1],
    ['a nonce above what a double holds', call('eth_getTransactionCount'), '0x20000000000000'],
    ['half a byte', call('eth_call'), '0x123'],
    ['a short word', call('eth_getStorageAt'), '0x12'],
    ['another block', call('eth_getBlockByHash', word('b')), block],
    ['another height', call('eth_getBlockByNumber', '0x8', false), block],
    ['a status of two', call('eth_getTransactionReceipt', word('c')), { status: '0x2' }],
    ['a method that nobody reads', call('debug_everything'), '0x'],
  ])('that is %s is none', (_name, asked, answer) => {
    expect(() => typed(asked, answer)).toThrow(Malformed)
  })

  test('of any kind is typed or refused, never anything else', () => {
    const methods = ['eth_getBlockByNumber', 'eth_getTransactionReceipt', 'eth_getLogs', 'eth_getProof', 'eth_call']
    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.jsonValue(), (method, answer) => {
        try {
          typed(call(method, {}, []), answer)
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
