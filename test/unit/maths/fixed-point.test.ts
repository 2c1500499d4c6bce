import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fromDoubleDown,
  fromDoubleUp,
  mulDivDown,
  mulDivUp,
  prorate,
  sdiv,
  toDouble,
} from '../../../agent/maths/fixed-point.ts'

const amount = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
const divisor = fc.bigInt({ min: 1n, max: 10n ** 30n })

test('down never exceeds the true quotient and up never falls below it', () => {
  fc.assert(
    fc.property(amount, amount, divisor, (a, b, d) => {
      const [down, up] = [mulDivDown(a, b, d), mulDivUp(a, b, d)]
      expect(down * d <= a * b && a * b <= up * d).toBe(true)
      expect(up - down).toBe((a * b) % d === 0n ? 0n : 1n)
    }),
  )
})

test('signed division drops the rest on both sides of zero', () => {
  expect([sdiv(7n, 2n), sdiv(-7n, 2n)]).toEqual([3n, -3n])
})

test('a double becomes the nearest wad below or above, exactly', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (x) => {
      const [down, up] = [fromDoubleDown(x), fromDoubleUp(x)]
      expect(up - down).toBeOneOf([0n, 1n])
      expect(toDouble(down)).toBeCloseTo(x, 3)
    }),
  )
  expect(fromDoubleUp(0.1)).toBe(100_000_000_000_000_006n)
  expect(fromDoubleDown(0.1)).toBe(100_000_000_000_000_005n)
})

test('what is not a number has no price', () => {
  expect(() => fromDoubleUp(Number.NaN)).toThrow(RangeError)
  expect(() => fromDoubleDown(Number.POSITIVE_INFINITY)).toThrow(RangeError)
})

test('the parts of a split sum to the whole, to the wei', () => {
  fc.assert(
    fc.property(
      amount,
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { minLength: 1, maxLength: 9 }),
      (total, weights) => {
        expect(prorate(total, weights).reduce((sum, part) => sum + part, 0n)).toBe(total)
      },
    ),
  )
})
