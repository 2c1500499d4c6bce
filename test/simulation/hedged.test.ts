// What a hedge takes off the tail of a slow route, and what it costs. The long campaign: node test/bench/hedge.ts.
import { expect, test } from 'vitest'
import { hedging, playSlow, shortfall } from '../support/slow-route.ts'

test('a hedge cuts the tail of a slow route by more than half, for about ten basis points of the outlay', async () => {
  const [bare, covered] = [await hedging(0), await hedging(10_000)]
  const seeds = [1, 2]
  const runs = seeds.map((seed) => ({ without: playSlow(seed, bare), hedged: playSlow(seed, covered) }))
  const tail = (which: 'without' | 'hedged'): number =>
    shortfall(runs.map(({ [which]: { gap, hedge, outlay } }) => -(gap + hedge) / Math.max(1, outlay)))
  expect(runs.every(({ without, hedged }) => without.settled > 5 && hedged.settled > 5)).toBe(true)
  expect(runs.every(({ without }) => without.hedge === 0)).toBe(true)
  expect(tail('without')).toBeGreaterThan(0)
  expect(tail('hedged')).toBeLessThan(tail('without') / 2)
  const [fees, outlay] = [0, 0].map((_, i) =>
    runs.reduce((sum, { hedged }) => sum + (i === 0 ? hedged.fees : hedged.outlay), 0),
  )
  expect((10_000 * (fees ?? 0)) / (outlay ?? 1)).toBeGreaterThan(5)
  expect((10_000 * (fees ?? 0)) / (outlay ?? 1)).toBeLessThan(15)
})
