// How much fits, and what selling it costs.
import { describe, expect, test } from 'vitest'
import { bps, wad } from '../../../agent/domain/units.ts'
import { affordable, slippageUp, withTolerance } from '../../../agent/maths/sizing.ts'
import { usd } from '../../support/builders.ts'

describe('sizes and sales', () => {
  test('selling into a deep pool costs its fee, into a shallow one its depth', () => {
    expect(slippageUp(usd(1_000), { fee: bps(30), depth: undefined })).toBe(usd(3))
    expect(slippageUp(usd(1_000), { fee: bps(0), depth: usd(1_000) })).toBe(usd(500))
  })

  test('a size is cut to what the room allows, never rounded up', () => {
    expect(affordable(bps(5_000), 100n, 100n)).toBe(5_000)
    expect(affordable(bps(5_000), 100n, 33n)).toBe(1_650)
    expect(affordable(bps(5_000), 100n, 0n)).toBe(0)
    expect(affordable(bps(5_000), -1n, 0n)).toBe(5_000)
  })

  test('tolerance widens a payment and leaves a reward alone', () => {
    expect(withTolerance(wad(10_001n), bps(50))).toBe(10_052n)
    expect(withTolerance(wad(-10_000n), bps(50))).toBe(-10_000n)
  })
})
