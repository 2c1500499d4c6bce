// A model fitted to prices of a known model finds it again; a history that cannot be trusted has no fit.
import { describe, expect, test } from 'vitest'
import { fitPrices, type Tick } from '../../../../agent/maths/risk/fit.ts'
import { processOf } from '../../../../agent/maths/risk/model.ts'
import { drawReturn } from '../../../../agent/maths/risk/monte-carlo.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'

const QUARTER = 900
const truth = { type: 'kou', sigma: 0.6, lambda: 500, p: 0.3, eta1: 60, eta2: 50 } as const

/** Prices every quarter of an hour from the known model. */
function history(count: number): Tick[] {
  const from = chance(11)
  const process = processOf(truth)
  let log = 7
  return Array.from({ length: count }, (_, i) => {
    log += drawReturn(from, process, QUARTER / 31_536_000)
    return { at: i * QUARTER, price: Math.exp(log) }
  })
}

describe('a fit', () => {
  test('finds the model again', () => {
    const { model, jumps } = fitPrices(history(12_000))
    expect(model.sigma / truth.sigma).toBeCloseTo(1, 0)
    expect(model.sigma).toBeGreaterThan(0.55)
    expect(model.sigma).toBeLessThan(0.75)
    expect(jumps).toBeGreaterThan(60)
    expect(model.lambda).toBeLessThan(truth.lambda * 1.3)
    expect(model.p).toBeLessThan(0.45)
    expect(model.eta2).toBeLessThan(80)
  })

  const ticks = history(200)
  const spoilt = (i: number, tick: Partial<Tick>): Tick[] =>
    ticks.map((one, k) => (k === i ? { ...one, ...tick } : one))
  test.each([
    ['nothing', [], 'no-mass'],
    ['a clock that goes back', spoilt(50, { at: 10 }), 'out-of-range'],
    ['a frozen feed', ticks.map((tick) => ({ ...tick, price: 1 })), 'no-mass'],
    ['a price a thousand times too high', spoilt(50, { price: 1e6 }), 'out-of-range'],
    ['a price that is no number', spoilt(50, { price: Number.NaN }), 'not-a-number'],
  ])('refuses %s', (_, history_, reason) => {
    expect(() => fitPrices(history_)).toThrow(expect.objectContaining({ reason }))
  })
})
