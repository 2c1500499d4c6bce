import { expect, test } from 'vitest'
import { raised } from '../../../agent/adapters/chain/fees.ts'

test('a replacement pays an eighth more on both fees, rounded up', () => {
  expect(raised({ maxFee: 100n, tip: 9n }, 1_000n)).toEqual({ maxFee: 113n, tip: 11n })
  expect(raised({ maxFee: 8n, tip: 8n }, 1_000n)).toEqual({ maxFee: 9n, tip: 9n })
})

test('a free transaction is replaced by one that is not', () => {
  expect(raised({ maxFee: 0n, tip: 0n }, 1_000n)).toEqual({ maxFee: 1n, tip: 1n })
})

test('above the ceiling nothing replaces anything', () => {
  expect(raised({ maxFee: 1_000n, tip: 1n }, 1_124n)).toBeUndefined()
})
