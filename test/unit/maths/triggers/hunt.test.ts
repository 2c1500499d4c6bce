import { describe, expect, test } from 'vitest'
import { hunt } from '../../../support/missed.ts'

describe('the trigger ladder', () => {
  test('misses nobody in small books, whatever prices, arrays, haircuts and funding do', () => {
    const { missed, checks, below, looks } = hunt({ accounts: 150, moves: 250, edges: 150, seed: 3 })
    expect(missed).toBe(0)
    expect(checks).toBeGreaterThan(35_000)
    expect(below).toBeGreaterThan(1_000)
    // It does not name everybody either.
    expect(looks).toBeLessThan(below * 1.5)
  })

  test('misses nobody in a large book that leaps, rescans and catches up', () => {
    const { missed, below } = hunt({ accounts: 5_000, moves: 12, edges: 40, seed: 4 })
    expect(missed).toBe(0)
    expect(below).toBeGreaterThan(1_000)
  })
})
