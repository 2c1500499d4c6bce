import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  erfc,
  mixtureCdf,
  mixtureMean,
  mixturePartial,
  mixtureQuantile,
  normalCdf,
  normalQuantile,
  normalShortfall,
} from '../../../agent/maths/tail.ts'

/** Reference values: Abramowitz and Stegun, table 26.1, and mpmath at 30 digits. */
test.each([
  [0, 0.5],
  [-1, 0.15865525393145705],
  [1.6448536269514722, 0.95],
  [-5, 2.866515718791939e-7],
  [-10, 7.619853024160527e-24],
  [-20, 2.753624118606234e-89],
])('the normal law below %d', (z, p) => {
  expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-13)
})

test('the complementary error function meets its two halves without a step', () => {
  expect(Math.abs(erfc(1.5 - 1e-15) / erfc(1.5 + 1e-15) - 1)).toBeLessThan(1e-13)
  expect(erfc(1)).toBeCloseTo(0.15729920705028513, 15)
})

test('the quantile undoes the distribution function', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-10)
    }),
  )
  expect(() => normalQuantile(0)).toThrow(RangeError)
})

test('the mean of the worst 2.5 % lies 2.3378 deviations out', () => {
  expect(normalShortfall(0.025)).toBeCloseTo(2.3378027922014, 10)
})

describe('a mixture of normals', () => {
  const law = [
    { weight: 0.99, mean: 0.001, deviation: 0.01 },
    { weight: 0.01, mean: -0.05, deviation: 0.08 },
  ]

  test('of one normal is that normal', () => {
    expect(mixtureQuantile([{ weight: 1, mean: 0.1, deviation: 2 }], 0.025)).toBeCloseTo(0.1 - 2 * 1.959963984540054, 9)
  })

  test('has the quantile where its distribution function says', () => {
    expect(mixtureCdf(law, mixtureQuantile(law, 0.025))).toBeCloseTo(0.025, 10)
  })

  test('splits its mean into what lies below and above', () => {
    const below = mixturePartial(law, -0.01)
    const simulated = mixtureMean(law) - below
    expect(below).toBeGreaterThan(0)
    expect(simulated + below).toBeCloseTo(mixtureMean(law), 15)
  })

  test('without deviation is a step', () => {
    const certain = [{ weight: 1, mean: 0, deviation: 0 }]
    expect([mixtureCdf(certain, -1e-9), mixtureCdf(certain, 0)]).toEqual([0, 1])
  })
})
