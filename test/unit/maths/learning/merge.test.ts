// What several sources say becomes one price; a lying minority moves neither it nor the volatility.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bucket, collect, type Merged, merged, type Said } from '../../../../agent/maths/learning/merge.ts'
import { priceBelief } from '../../../../agent/maths/learning/price-belief.ts'
import type { PriceTick } from '../../../../agent/maths/learning/price-learning.ts'
import { PRICE_TERMS } from '../../../../agent/maths/learning/price-terms.ts'
import { MINUTE, taught, walk } from './histories.ts'

const bucket = (...prices: number[]): Bucket => ({
  index: 0,
  said: Object.fromEntries(prices.map((price, i) => [`source-${i}`, price])),
})

function allOf(said: readonly Said[]): Merged[] {
  let open: Bucket | undefined
  return said.flatMap((one) => {
    const { bucket: next, closed } = collect(open, one)
    open = next
    return closed === undefined ? [] : [closed]
  })
}

describe('the price of a second', () => {
  test('is the median, and names who is far off', () => {
    expect(merged(bucket(100, 100.02, 100.01, 250))).toEqual({
      at: 1000,
      price: 100.015,
      sources: 3,
      rejected: ['source-3'],
    })
  })

  test('counts a source once, with its last word', () => {
    const [found] = allOf([
      { source: 'a', at: 100, price: 90 },
      { source: 'b', at: 200, price: 100 },
      { source: 'a', at: 300, price: 100 },
      { source: 'a', at: 1000, price: 101 },
    ])
    expect(found).toEqual({ at: 1000, price: 100, sources: 2, rejected: [] })
  })

  test.each([
    ['no number', { source: 'b', at: 200, price: Number.NaN }],
    ['a price below zero', { source: 'b', at: 200, price: -1 }],
    ['an infinite price', { source: 'b', at: 200, price: Infinity }],
    ['a price without a time', { source: 'b', at: Number.NaN, price: 100 }],
    ['a price of an earlier second', { source: 'b', at: -5000, price: 90 }],
  ])('leaves out %s', (_, bad) => {
    const found = allOf([{ source: 'a', at: 100, price: 100 }, bad, { source: 'a', at: 1000, price: 101 }])
    expect(found).toEqual([{ at: 1000, price: 100, sources: 1, rejected: [] }])
  })

  test('stays among the honest while fewer than half lie', () => {
    const price = fc.double({ min: 99, max: 101, noNaN: true })
    const lie = fc.double({ min: 1e-9, max: 1e12, noNaN: true })
    const crowd = fc
      .array(price, { minLength: 2, maxLength: 9 })
      .chain((honest) =>
        fc.record({ honest: fc.constant(honest), lies: fc.array(lie, { maxLength: honest.length - 1 }) }),
      )
    fc.assert(
      fc.property(crowd, ({ honest, lies }) => {
        const found = merged(bucket(...lies, ...honest))?.price ?? Number.NaN
        expect(found).toBeGreaterThanOrEqual(Math.min(...honest))
        expect(found).toBeLessThanOrEqual(Math.max(...honest))
      }),
      { seed: 3 },
    )
  })
})

describe('volatility', () => {
  /** How far honest sources differ, as a share of the price. */
  const DIFFER = 2e-4

  /** Four honest sources around a walk, three that say what they like. */
  const gossip = (lies: readonly number[]): PriceTick[] =>
    walk(240).map(({ at, price }, i) => {
      const honest = [-1, -0.3, 0.4, 1].map((side) => price * (1 + (side * DIFFER) / 2))
      const lying = [0, 1, 2].map((k) => price * (lies[(3 * i + k) % lies.length] ?? 1))
      return { at, price: merged(bucket(...lying, ...honest))?.price ?? Number.NaN, own: price }
    })
  const annual = (ticks: readonly PriceTick[]): number => {
    const belief = priceBelief(taught(ticks), 239 * MINUTE, PRICE_TERMS)
    return belief.type === 'belief' ? belief.volatility : Number.NaN
  }
  const honest = annual(walk(240))

  test('changes by less than honest sources differ, whatever three of seven say', () => {
    const lie = fc.oneof(
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    )
    const bound = DIFFER * Math.sqrt(525_600)
    fc.assert(
      fc.property(fc.array(lie, { minLength: 1, maxLength: 60 }), (lies) => {
        expect(Math.abs(annual(gossip(lies)) - honest)).toBeLessThan(bound)
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  test('never drops below what our own source says, even if everybody else says that nothing moves', () => {
    const lulled = walk(240).map(({ at, price }, i) => ({ at, price: 2000 + (i % 2) * 0.001, own: price }))
    expect(annual(lulled)).toBeGreaterThanOrEqual(honest)
  })
})
