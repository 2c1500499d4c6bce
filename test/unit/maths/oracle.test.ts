import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bps, instant, millis } from '../../../agent/domain/units.ts'
import { acceptable, quorumPrices } from '../../../agent/maths/oracle.ts'
import { batch, batchesAt, entry, PUBLISHERS, quoted, START } from '../../support/builders.ts'

const fresh = { now: START, maxAge: millis(5_000) }
const of = (index: number, ether: number, over = {}) =>
  batch({
    publisher: PUBLISHERS[index] ?? PUBLISHERS[0],
    entries: [entry(0, ether, { confidence: bps(index), shocks: BigInt(index) })],
    ...over,
  })

test('two publishers agree on the lower of two prices, three on the middle one', () => {
  const two = quorumPrices([of(0, 2_510), of(1, 2_500)])
  const three = quorumPrices([of(0, 2_510), of(1, 2_500), of(2, 2_530)])
  expect([two.get(0)?.price, three.get(0)?.price]).toEqual([quoted(2_500), quoted(2_510)])
})

test('the median entry brings its own risk array, the set its widest confidence and its oldest sequence', () => {
  const prices = quorumPrices([of(0, 2_510), of(1, 2_500, { sequence: instant(START - 40) }), of(2, 2_530)])
  expect(prices.get(0)).toEqual({ feed: 0, price: quoted(2_510), confidence: 2, shocks: 0n, sequence: START - 40 })
})

test('one liar among three moves the price no further than an honest publisher', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (lie) => {
      const price = quorumPrices([of(0, 2_490), of(1, lie), of(2, 2_510)]).get(0)?.price ?? 0n
      expect(price >= quoted(2_490) && price <= quoted(2_510)).toBe(true)
    }),
  )
})

test('below the quorum there is no price', () => {
  expect(acceptable(batchesAt(2_500).slice(0, 1), 2, fresh)).toEqual([])
  expect(quorumPrices([])).toEqual(new Map())
})

test('batches stand in ascending order of their publishers', () => {
  expect(acceptable([...batchesAt(2_500)].reverse(), 2, fresh).map(({ publisher }) => publisher)).toEqual([
    ...PUBLISHERS,
  ])
})

test('expired, old, future, empty-priced and differently made batches are left out', () => {
  const odd = [
    of(0, 2_500, { validUntil: instant(START - 1) }),
    of(0, 2_500, { sequence: instant(START - 5_001) }),
    of(0, 2_500, { sequence: instant(START + 2_001), validUntil: instant(START + 9_000) }),
    of(0, 0),
    of(0, 2_500, { entries: [entry(1, 60_000)] }),
  ]
  const honest = [of(1, 2_500), of(2, 2_501)]
  for (const one of odd) expect(acceptable([one, ...honest], 2, fresh)).toEqual(honest)
})
