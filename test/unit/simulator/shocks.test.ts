import { expect, test } from 'vitest'
import { bps } from '../../../agent/domain/units.ts'
import { shockAt } from '../../../agent/maths/margin.ts'
import { normalCdf, optionValue } from '../../../agent/simulator/scenario/black-76.ts'
import { COLUMNS, optionShocks, packShocks, perpetualShocks } from '../../../agent/simulator/scenario/shocks.ts'

const columns = (packed: bigint): readonly number[] => COLUMNS.map((_, i) => Number(shockAt(packed, i)))
const month = { strike: 2_500, years: 30 / 365.25, volatility: 0.7 }

test('a perpetual moves as its underlying, the extreme columns at a third', () => {
  expect(columns(perpetualShocks(bps(900)))).toEqual([
    0, 0, 300, 300, -300, -300, 600, 600, -600, -600, 900, 900, -900, -900, 891, -891,
  ])
})

test('sixteen signed figures survive the packing, lowest bits first', () => {
  const figures = COLUMNS.map((_, i) => (i % 2 === 0 ? -1 : 1) * i * 1_000)
  expect(columns(packShocks(figures))).toEqual(figures.map((figure) => figure + 0))
})

test('a figure beyond the type is held at its edge', () => {
  expect(columns(packShocks([40_000, -40_000])).slice(0, 2)).toEqual([32_767, -32_768])
})

test('a put gains when the underlying falls and a call when it rises, each less than the underlying', () => {
  const put = columns(optionShocks({ ...month, kind: 'put' }, 2_500, bps(900)))
  const call = columns(optionShocks({ ...month, kind: 'call' }, 2_500, bps(900)))
  const [up, down] = [10, 12]
  expect(put[down]).toBeGreaterThan(0)
  expect(put[up]).toBeLessThan(put[0] ?? 0)
  expect(call[up]).toBeGreaterThan(0)
  expect(Math.max(...put.map(Math.abs), ...call.map(Math.abs))).toBeLessThan(900)
})

test('put and call differ by the forward less the strike', () => {
  for (const forward of [1_800, 2_500, 3_100]) {
    const [call, put] = (['call', 'put'] as const).map((kind) => optionValue({ ...month, kind }, forward))
    expect((call ?? 0) - (put ?? 0)).toBeCloseTo(forward - month.strike, 3)
  }
})

test('at expiry an option is worth what exercising it brings', () => {
  const expired = { ...month, years: 0 }
  expect(optionValue({ ...expired, kind: 'put' }, 2_000)).toBe(500)
  expect(optionValue({ ...expired, kind: 'call' }, 2_000)).toBe(0)
})

test('the normal distribution matches its tables', () => {
  expect([0, 1, -1.96, 2.326].map((x) => Number(normalCdf(x).toFixed(5)))).toEqual([0.5, 0.84134, 0.025, 0.98999])
})
