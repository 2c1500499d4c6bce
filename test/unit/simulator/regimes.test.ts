import { expect, test } from 'vitest'
import { regimeMarket } from '../../../agent/simulator/coverage/regimes.ts'

const HOUR = 60_000

test('a path is the same however it is asked', () => {
  const [forth, back] = [regimeMarket('majors', 5, 60, -HOUR), regimeMarket('majors', 5, 60, -HOUR)]
  const times = Array.from({ length: 50 }, (_, i) => i * 1_730)
  const found = times.map((at) => forth.spot(0, at))
  expect([...times].reverse().map((at) => back.spot(0, at))).toEqual([...found].reverse())
})

test('another seed is another market', () => {
  expect(regimeMarket('majors', 5, 60, 0).spot(0, HOUR)).not.toBe(regimeMarket('majors', 6, 60, 0).spot(0, HOUR))
})

test('prices neither rise nor fall in the mean: jumps are paid for', () => {
  const ends = Array.from({ length: 1_500 }, (_, seed) => regimeMarket('majors', seed, 60, 0).spot(0, 30_000) / 2_500)
  const mean = ends.reduce((sum, one) => sum + one, 0) / ends.length
  const variance = ends.reduce((sum, one) => sum + (one - mean) ** 2, 0) / ends.length
  expect(Math.abs(mean - 1)).toBeLessThan(3.5 * Math.sqrt(variance / ends.length))
})

test('the two assets fall together more often than apart', () => {
  const market = regimeMarket('majors', 11, 60, 0)
  const moves = Array.from({ length: 600 }, (_, i) =>
    [0, 1].map((feed) => Math.log(market.spot(feed, (i + 1) * 1_000) / market.spot(feed, i * 1_000))),
  )
  const together = moves.filter(([a = 0, b = 0]) => a * b > 0).length
  expect(together / moves.length).toBeGreaterThan(0.65)
})
