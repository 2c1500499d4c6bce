// The forecasters to beat, and the score by which they are beaten.
import { describe, expect, test } from 'vitest'
import {
  BASELINE_TERMS,
  type BaselineLearning,
  ewmaNormal,
  filteredHistorical,
  learnBaseline,
} from '../../../../agent/maths/learning/baselines.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'
import { clusteredMean, jointScore } from '../../../../agent/maths/risk/scores.ts'
import { normalQuantile, normalTailMean } from '../../../../agent/maths/risk/special.ts'
import { MINUTE, walk } from './histories.ts'

const learned = (count: number, sigma = 0.8): BaselineLearning =>
  walk(count, { sigma }).reduce<BaselineLearning>((state, tick) => learnBaseline(state, tick, BASELINE_TERMS), {
    past: [],
  })

/** VaR of a lognormal return over a quarter of an hour. */
const truth = (sigma: number): number => -Math.expm1(sigma * Math.sqrt(900 / 31_536_000) * normalQuantile(0.01))

describe('both baselines', () => {
  test('find the tail of a normal market', () => {
    const state = learned(2500)
    const [normal, history] = [ewmaNormal(state, 900, [0.99])[0], filteredHistorical(state, 900, [0.99])[0]]
    expect((normal?.VaR ?? 0) / truth(0.8)).toBeGreaterThan(0.7)
    expect((normal?.VaR ?? 0) / truth(0.8)).toBeLessThan(1.3)
    expect((history?.VaR ?? 0) / truth(0.8)).toBeGreaterThan(0.6)
    expect((history?.VaR ?? 0) / truth(0.8)).toBeLessThan(1.5)
    expect(normal?.ES).toBeGreaterThan(normal?.VaR ?? Infinity)
    expect(history?.ES).toBeGreaterThanOrEqual(history?.VaR ?? Infinity)
  })

  test('agree while there is no history', () => {
    const state = learned(100)
    expect(filteredHistorical(state, 900, [0.975])).toEqual(ewmaNormal(state, 900, [0.975]))
  })

  test('leave out what is no price', () => {
    const state = learned(10)
    expect(learnBaseline(state, { at: 11 * MINUTE, price: Number.NaN }, BASELINE_TERMS)).toBe(state)
  })

  test('remember two days of minutes at most', () => {
    expect(learned(3000).past.length).toBe(2880)
  })
})

describe('the joint score', () => {
  const from = chance(4)
  const losses = Array.from({ length: 40_000 }, () => from.normal())
  const honest = { VaR: -normalQuantile(0.025), ES: normalTailMean(0.025) }
  const mean = (forecast: { VaR: number; ES: number }): number =>
    losses.reduce((sum, loss) => sum + jointScore(loss, forecast, 0.975), 0) / losses.length

  test.each([
    ['VaR too low', { VaR: 1.5, ES: honest.ES }],
    ['VaR too high', { VaR: 2.3, ES: 2.4 }],
    ['ES too low', { VaR: honest.VaR, ES: 2 }],
    ['ES too high', { VaR: honest.VaR, ES: 2.9 }],
  ])('is best at the truth, not with %s', (_, forecast) => {
    expect(mean(honest)).toBeLessThan(mean(forecast))
  })
})

describe('a clustered mean', () => {
  const from = chance(6)
  const values = Array.from({ length: 400 }, () => from.normal())

  test('of independent values has the textbook error', () => {
    const { mean, error } = clusteredMean(
      values,
      values.map((_, i) => 10 * i),
      3,
    )
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
    expect(error).toBeCloseTo(deviation / Math.sqrt(values.length), 12)
  })

  test('of values that come in tens has the error of a tenth as many', () => {
    const tens = values.flatMap((x) => Array.from({ length: 10 }, () => x))
    const byTen = clusteredMean(
      tens,
      tens.map((_, i) => 10 * Math.floor(i / 10)),
      3,
    )
    const single = clusteredMean(
      values,
      values.map((_, i) => 10 * i),
      3,
    )
    expect(byTen.error).toBeCloseTo(single.error, 12)
    expect(byTen.clusters).toBe(400)
  })

  test('of nothing is refused', () => {
    expect(() => clusteredMean([], [], 1)).toThrow(expect.objectContaining({ reason: 'no-mass' }))
  })
})
