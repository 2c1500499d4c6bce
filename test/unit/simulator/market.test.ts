import { expect, test } from 'vitest'
import { asPrice, crashWindow, openMarket, pathFactor } from '../../../agent/simulator/scenario/market.ts'
import { loadScenario } from '../../../config/scenario.ts'

const scenario = loadScenario('flash-crash')
const moments = Array.from({ length: 40 }, (_, i) => i * 1_000)

test('the same seed is the same market in every process', () => {
  const [one, other] = [openMarket(scenario), openMarket(scenario)]
  expect(moments.map((at) => one.entries(at, 1))).toEqual(moments.map((at) => other.entries(at, 1)))
})

test('another seed is another market', () => {
  const other = openMarket({ ...scenario, seed: scenario.seed + 1 })
  expect(other.spot(0, 5_000)).not.toBe(openMarket(scenario).spot(0, 5_000))
})

test('publishers agree to a few hundredths of a percent and never to the digit', () => {
  const market = openMarket(scenario)
  const [first, second] = [market.entries(5_000, 0)[0]?.price, market.entries(5_000, 1)[0]?.price]
  const apart = Math.abs(Number(first) / Number(second) - 1)
  expect(apart).toBeGreaterThan(0)
  expect(apart).toBeLessThan(0.001)
})

test('every feed stands at its start until the market opens', () => {
  const market = openMarket(scenario)
  expect([market.spot(0, -1), market.spot(1, -60_000)]).toEqual([2_500, 60_000])
})

test('the path falls by a fifth in three seconds, drifts on and partly recovers', () => {
  const [before, crashed, trough, end] = [5_999, 9_000, 21_000, 36_000].map((at) => pathFactor(scenario, at))
  expect(before).toBe(1)
  expect(crashed).toBeCloseTo(0.82, 6)
  expect(trough).toBeCloseTo(0.82 * 0.965 * 0.96, 6)
  expect(end).toBeCloseTo(0.82 * 0.965 * 0.96 * 1.04, 6)
  expect(crashWindow(scenario)).toEqual({ from: 6_000, to: 9_000 })
})

test('a price is never zero: an option that is worth nothing costs the least unit', () => {
  expect([asPrice(0), asPrice(1e-12), asPrice(2_500)]).toEqual([1n, 1n, 250_000_000_000n])
})
