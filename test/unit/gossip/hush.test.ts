import { expect, test } from 'vitest'
import { createHush } from '../../../agent/adapters/gossip/hush.ts'
import { instant } from '../../../agent/domain/units.ts'

test('nobody is blamed for silence while publishers rest, nor in the first seconds after', () => {
  let now = 0
  const hush = createHush(() => instant(now))
  const at = (seconds: number): boolean => {
    now = seconds * 1_000
    return hush.holds()
  }
  expect(at(0)).toBe(true)
  for (let second = 1; second <= 20; second++) {
    now = second * 1_000
    hush.heard()
  }
  expect([at(20), at(23), at(24)]).toEqual([false, false, true])
  now = 30_000
  hush.heard()
  expect(at(31)).toBe(true)
  for (let second = 32; second <= 38; second++) {
    now = second * 1_000
    hush.heard()
  }
  expect(at(38)).toBe(false)
})
