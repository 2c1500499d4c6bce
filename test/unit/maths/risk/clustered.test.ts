import { expect, test } from 'vitest'
import { type Cluster, clusteredCoverage } from '../../../../agent/maths/risk/clustered.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'
import { Refusal } from '../../../../agent/maths/risk/refusal.ts'

/** Clusters whose forecasts are breached independently, at some odds. */
const independent = (count: number, size: number, odds: number, seed: number): readonly Cluster[] => {
  const from = chance(seed)
  return Array.from({ length: count }, () => ({
    forecasts: size,
    breaches: Array.from({ length: size }, () => from.uniform()).filter((u) => u < odds).length,
  }))
}

/** Clusters of which some are breached throughout. */
const together = (count: number, size: number, odds: number, seed: number): readonly Cluster[] => {
  const from = chance(seed)
  return Array.from({ length: count }, () => ({ forecasts: size, breaches: from.uniform() < odds ? size : 0 }))
}

test('independent breaches are worth as many forecasts as there are', () => {
  const { effective, error, expected } = clusteredCoverage(independent(400, 50, 0.01, 1), 0.01)
  expect(expected).toBe(200)
  expect(error).toBeGreaterThan(12)
  expect(error).toBeLessThan(16)
  expect(effective).toBeGreaterThan(16_000)
})

test('breaches that come together are worth one forecast per cluster', () => {
  const { effective, clusters } = clusteredCoverage(together(2_000, 50, 0.01, 2), 0.01)
  expect(clusters).toBe(2_000)
  expect(effective).toBeGreaterThan(1_700)
  expect(effective).toBeLessThan(2_300)
})

test('a right model is rejected about as often as the test says, also in clusters', () => {
  const rejected = Array.from({ length: 400 }, (_, seed) => clusteredCoverage(together(400, 20, 0.05, seed), 0.05))
  const share = rejected.filter(({ pValue }) => pValue < 0.05).length / 400
  expect(share).toBeGreaterThan(0.02)
  expect(share).toBeLessThan(0.1)
})

test('a model that is wrong on either side is rejected', () => {
  expect(clusteredCoverage(independent(200, 50, 0.02, 3), 0.01).pValue).toBeLessThan(1e-6)
  expect(clusteredCoverage(independent(200, 50, 0.004, 3), 0.01).pValue).toBeLessThan(1e-6)
})

test('without a single breach each cluster counts once', () => {
  const { effective, kupiecP } = clusteredCoverage(independent(100, 50, 0, 4), 0.01)
  expect(effective).toBe(100)
  expect(kupiecP).toBeGreaterThan(0.1)
})

test('one cluster says nothing about others', () => {
  expect(() => clusteredCoverage([{ forecasts: 50, breaches: 1 }], 0.01)).toThrow(Refusal)
})
