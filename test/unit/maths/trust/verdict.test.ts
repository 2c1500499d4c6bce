// The judge must let a right model pass, catch one that dares too much and one that dares too little, and say so when it
// has too little to go by.
import { describe, expect, test } from 'vitest'
import { effectiveSize } from '../../../../agent/maths/trust/clusters.ts'
import { binomialSurvival, coverage } from '../../../../agent/maths/trust/coverage.ts'
import { clusterOf, hitOf } from '../../../../agent/maths/trust/evidence.ts'
import { andersonDarlingSurvival, kolmogorovSurvival, uniformity } from '../../../../agent/maths/trust/uniformity.ts'
import { type StateCoverage, verdict } from '../../../../agent/maths/trust/verdict.ts'
import { evidence, sessioned } from '../../../support/gap-evidence.ts'

const wild = <M extends { sigma: number; lambda: number }>(model: M): M => ({
  ...model,
  sigma: model.sigma * 1.6,
  lambda: model.lambda * 2,
})
const tame = <M extends { sigma: number; lambda: number }>(model: M): M => ({
  ...model,
  sigma: model.sigma * 0.4,
  lambda: model.lambda * 0.1,
})

const judged = (way: Parameters<typeof evidence>[0]) => {
  const found = verdict(sessioned(evidence(way)))
  if (found === undefined) throw new Error('expected a verdict')
  return found
}
const at99 = (rows: readonly StateCoverage[]) => rows.find(({ state, alpha }) => state === 'all' && alpha === 0.99)

describe('a model that is right', () => {
  test('passes on nearly every seed', () => {
    const found = Array.from({ length: 20 }, (_, seed) => {
      const records = sessioned(evidence({ count: 1200, seed: seed + 1 }))
      const covered = coverage(
        records.map((one) => hitOf(one, 0.99)),
        0.99,
      )
      const transforms = records.map((one) => ({ cluster: clusterOf(one), u: one.realised.u }))
      const uniform = uniformity(transforms)
      return covered.pValue > 0.05 && uniform.ks.pValue > 0.01 && uniform.ad.pValue > 0.01
    })
    expect(found.filter((passed) => passed).length).toBeGreaterThanOrEqual(17)
  })

  test('leaves the multiplier and the alarm where they were', () => {
    const { multiplier, alarm } = judged({ count: 2400, seed: 5 })
    expect(multiplier).toBeLessThan(1.2)
    expect(alarm.highest).toBeLessThan(Math.log(20))
  })

  test('has an expected shortfall that its losses fit', () => {
    const { shortfall } = judged({ count: 3000, seed: 3 })
    for (const { z2, critical1, severity } of shortfall) {
      expect(z2).toBeGreaterThan(critical1)
      expect(severity ?? 1).toBeLessThan(2)
    }
  })
})

describe('a model that dares too much', () => {
  const found = judged({ count: 1200, truth: wild })

  test('is red for too many losses beyond VaR', () => {
    expect(at99(found.coverage)).toMatchObject({ light: 'red', side: 'too many' })
    expect(found.light).toBe('red')
  })

  test('has a price transform that is not uniform, and a latency transform that is', () => {
    expect(found.price.ad.pValue).toBeLessThan(1e-4)
    expect(found.latency?.ks.pValue).toBeGreaterThan(0.01)
  })

  test('raises the alarm and the multiplier, up to three at most', () => {
    expect(found.alarm.highest).toBeGreaterThan(Math.log(20))
    expect(found.multiplier).toBeGreaterThan(1.5)
    expect(found.multiplier).toBeLessThanOrEqual(3)
  })

  test('fails the shortfall test at 97.5 %', () => {
    const [, one] = found.shortfall
    expect(one?.z2).toBeLessThan(one?.critical1 ?? Number.NaN)
  })
})

describe('a model that dares too little', () => {
  const found = judged({ count: 3000, truth: tame })

  test('is not green either, but its multiplier stays at one', () => {
    expect(at99(found.coverage)).toMatchObject({ side: 'too few' })
    expect(found.light).not.toBe('green')
    expect(found.multiplier).toBe(1)
  })
})

describe('a sample', () => {
  test('of a few records is not judged', () => {
    expect(judged({ count: 12 }).light).toBe('unjudged')
  })

  test('of nothing has no verdict', () => {
    expect(verdict([])).toBeUndefined()
  })

  test('that was copied eight times into the same hours says no more than before', () => {
    const records = sessioned(evidence({ count: 600, truth: wild, perHour: 1 }))
    const once = coverage(
      records.map((one) => hitOf(one, 0.99)),
      0.99,
    )
    const copied = coverage(
      records.flatMap((one) => Array.from({ length: 8 }, () => hitOf(one, 0.99))),
      0.99,
    )
    expect(copied.observations).toBe(8 * once.observations)
    expect(copied.size).toBeCloseTo(once.size, 6)
    expect(copied.pValue).toBeCloseTo(once.pValue, 12)
  })

  test('whose hours are independent inside keeps its size', () => {
    const groups = Array.from({ length: 50 }, (_, i) => [
      { hit: i === 0, score: 1 },
      { hit: i === 1, score: -1 },
    ])
    expect(effectiveSize(groups)).toEqual({ clusters: 50, design: 1, size: 100 })
  })
})

describe('a test of uniformity', () => {
  test('has the published critical values', () => {
    expect(andersonDarlingSurvival(2.492)).toBeCloseTo(0.05, 4)
    expect(andersonDarlingSurvival(3.878125)).toBeCloseTo(0.01, 4)
    expect(kolmogorovSurvival(1.358 / Math.sqrt(1e6), 1e6)).toBeCloseTo(0.05, 3)
  })

  test('has the statistics of three values worked out by hand', () => {
    const all = [0.1, 0.4, 0.8].map((u, i) => ({ cluster: String(i), u }))
    const logs = all.map(({ u }, i) => (2 * i + 1) * (Math.log(u) + Math.log(1 - (all[2 - i]?.u ?? 0))))
    const found = uniformity(all)
    expect(found.ks.D).toBeCloseTo(Math.max(1 / 3 - 0.1, 0.4 - 1 / 3, 2 / 3 - 0.4, 0.8 - 2 / 3, 0.2), 12)
    expect(found.ad.A2).toBeCloseTo(-3 - logs.reduce((a, b) => a + b, 0) / 3, 10)
  })
})

test('a binomial tail is exact on both sides of the mean', () => {
  expect(binomialSurvival(10, 3, 0.1)).toBeCloseTo(0.0701908264, 10)
  expect(binomialSurvival(10, 1, 0.1)).toBeCloseTo(1 - 0.9 ** 10, 12)
  expect(binomialSurvival(250, 10, 0.01)).toBeCloseTo(0.00025, 4)
})
