// The pooled prior is found again in histories made of it.
import { describe, expect, test } from 'vitest'
import { type Bins, binOf, EDGES, fitShapes, fitWeights, widened } from '../../../../agent/maths/learning/shape-fit.ts'
import { least } from '../../../../agent/maths/learning/simplex.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'

describe('the search for a minimum', () => {
  test("finds the end of Rosenbrock's valley", () => {
    const cost = ([x = 0, y = 0]: readonly number[]): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2
    const [x = 0, y = 0] = least(cost, [-1.2, 1], 0.5, 400)
    expect(x).toBeCloseTo(1, 4)
    expect(y).toBeCloseTo(1, 4)
  })

  test('walks around places where the function is no number', () => {
    const [x = 0] = least(([z = 0]) => (z < 0 ? Number.NaN : (z - 0.1) ** 2), [3], 1, 100)
    expect(x).toBeCloseTo(0.1, 4)
  })
})

test('weights are those that the variance follows', () => {
  const from = chance(8)
  const means = Array.from({ length: 4000 }, () => [from.exponential(), from.exponential(), from.exponential()])
  const realised = means.map(([a = 0, , c = 0]) => (0.7 * a + 0.3 * c) * from.gamma(4) * 0.25)
  const [fast = 0, middle = 0, slow = 0] = fitWeights({ means, realised })
  expect(fast).toBeCloseTo(0.7, 1)
  expect(middle).toBeLessThan(0.03)
  expect(slow).toBeCloseTo(0.3, 1)
})

/** Standardised returns over a quarter of an hour, mean zero: diffusion of 0.9 and now and then a jump, on a random clock. */
function drawn(count: number, down: number): Float64Array {
  const from = chance(2)
  const counts = new Float64Array(EDGES.length + 1)
  for (let i = 0; i < count; i++) {
    const time = Math.exp(0.5 * from.normal() - 0.125)
    const jumps = from.poisson(0.1 * time)
    let z = 0.9 * Math.sqrt(time) * from.normal() + 0.1 * time * (2 * down - 1)
    for (let k = 0; k < jumps; k++) z += from.exponential() * (from.uniform() < down ? -1 : 1)
    const bin = binOf(z)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

test('shapes are those that returns were drawn from: a state with more falls has more', { timeout: 90_000 }, () => {
  const cell = (state: Bins['state'], down: number): Bins => ({
    state,
    seconds: 900,
    counts: drawn(60_000, down),
    clusters: 60_000,
  })
  const { states, spreads } = fitShapes([cell('calm', 0.5), cell('triggered', 0.95), cell('cascade', 0.95)], [900])
  expect(states.calm.up).toBeGreaterThan(states.triggered.up)
  expect(states.calm.diffusion).toBeCloseTo(0.9, 0)
  const falls = ({ jumps, up, eta2 }: typeof states.calm): number => (jumps * (1 - up)) / eta2
  expect(falls(states.triggered)).toBeGreaterThan(1.3 * falls(states.calm))
  expect(spreads[0]).toBeGreaterThan(0.3)
  expect(spreads[0]).toBeLessThan(0.7)
})

test('a shape is stretched to the tail that was seen, and never made thinner', () => {
  const thin = { diffusion: 0.5, jumps: 0.1, up: 0.5, eta1: 2, eta2: 2 }
  const cell: Bins = { state: 'calm', seconds: 900, counts: drawn(60_000, 0.5), clusters: 60_000 }
  const fits = widened({ ...thin, diffusion: 0.75, eta1: 1.2, eta2: 1.2 }, [cell], () => 0.5)
  expect(fits.diffusion).toBeGreaterThan(0.82)
  expect(fits.diffusion).toBeLessThan(0.98)
  expect(widened(thin, [cell], () => 0.5).diffusion).toBe(0.75)
  const fat = { ...thin, diffusion: 2 }
  expect(widened(fat, [cell], () => 0.5)).toEqual(fat)
})
