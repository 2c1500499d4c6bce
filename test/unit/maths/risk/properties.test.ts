// What must hold for every market: signs of slopes, limits, and the axioms of expected shortfall.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReturnLaw, returnLaw } from '../../../../agent/maths/risk/law.ts'
import { lossOdds, tailOf, varEs, varEsWithFailures } from '../../../../agent/maths/risk/loss.ts'
import type { PriceModel } from '../../../../agent/maths/risk/model.ts'

type Kou = Extract<PriceModel, { type: 'kou' }>

const kou: fc.Arbitrary<Kou> = fc.record({
  type: fc.constant('kou' as const),
  sigma: fc.double({ min: 0.1, max: 3, noNaN: true }),
  lambda: fc.double({ min: 1, max: 8000, noNaN: true }),
  p: fc.double({ min: 0, max: 1, noNaN: true }),
  eta1: fc.double({ min: 20, max: 400, noNaN: true }),
  eta2: fc.double({ min: 10, max: 400, noNaN: true }),
})
const seconds = fc.double({ min: 2, max: 7200, noNaN: true })
const more = fc.double({ min: 1.01, max: 2, noNaN: true })

const lawAt = (model: PriceModel, median: number): ReturnLaw =>
  returnLaw({ model, latency: { type: 'lognormal', median, s: 0.3 } }, 24)
const lossAt = (law: ReturnLaw, h = 1.045): number => lossOdds(law, { K: 1.0005, h }).EL
const shortfall = (law: ReturnLaw): number => varEs(tailOf(law, 0.01), { K: 1, h: 1 }).ES

/** Rounding of sums of order one. */
const ROUNDING = 1e-11

const holds = (property: (model: Kou, time: number, factor: number) => void): void =>
  fc.assert(fc.property(kou, seconds, more, property), { numRuns: 25, seed: 7 })

describe('expected loss', () => {
  test('falls with the bonus', () => {
    holds((model, time, factor) => {
      const law = lawAt(model, time)
      expect(lossAt(law, 1.02 * factor)).toBeLessThanOrEqual(lossAt(law, 1.02) + ROUNDING)
    })
  })

  test('rises with volatility', () => {
    holds((model, time, factor) => {
      const wilder = { ...model, sigma: model.sigma * factor }
      expect(lossAt(lawAt(wilder, time))).toBeGreaterThanOrEqual(lossAt(lawAt(model, time)) - ROUNDING)
    })
  })

  test('rises with the intensity of jumps', () => {
    holds((model, time, factor) => {
      const wilder = { ...model, lambda: model.lambda * factor }
      expect(lossAt(lawAt(wilder, time))).toBeGreaterThanOrEqual(lossAt(lawAt(model, time)) - ROUNDING)
    })
  })

  test('rises with latency', () => {
    holds((model, time, factor) => {
      expect(lossAt(lawAt(model, time * factor))).toBeGreaterThanOrEqual(lossAt(lawAt(model, time)) - ROUNDING)
    })
  })

  test('is what is left to lose at once when nothing takes time', () => {
    const law = returnLaw({ model: { type: 'lognormal', sigma: 0.6 }, latency: { type: 'fixed', l: 1e-9 } })
    expect(lossAt(law, 1.01)).toBeCloseTo(0, 12)
    expect(lossAt(law, 0.99)).toBeCloseTo(0.0105, 9)
  })

  test('is the whole debt after an eternity', () => {
    const law = returnLaw({ model: { type: 'lognormal', sigma: 2 }, latency: { type: 'fixed', l: 1e11 } })
    expect(lossAt(law)).toBeCloseTo(1.0005, 9)
  })
})

describe('a law', () => {
  test('has odds between zero and one that rise', () => {
    holds((model, time) => {
      const law = lawAt(model, time)
      const odds = [-60, -9, -3, -1, 0, 1, 3, 9, 60].map((steps) => law.below(steps * law.deviation))
      expect(odds.every((one) => one >= 0 && one <= 1)).toBe(true)
      expect(odds.every((one, i) => i === 0 || one >= (odds[i - 1] ?? 0) - ROUNDING)).toBe(true)
    })
  })

  test('keeps the mean of the price', () => {
    holds((model, time) => {
      expect(lawAt(model, time).partial(10)).toBeCloseTo(1, 10)
    })
  })

  test('gives back the odds of its quantiles', () => {
    holds((model, time) => {
      const law = lawAt(model, time)
      for (const p of [1e-4, 0.01, 0.3, 0.9]) expect(law.below(tailOf(law, p).q)).toBeCloseTo(p, 11)
    })
  })
})

describe('expected shortfall', () => {
  test('is never below VaR, and rises with latency', () => {
    holds((model, time, factor) => {
      const tail = tailOf(lawAt(model, time), 0.01)
      const { VaR, ES } = varEs(tail, { K: 1, h: 1 })
      expect(ES).toBeGreaterThanOrEqual(VaR)
      expect(shortfall(lawAt(model, time * factor))).toBeGreaterThanOrEqual(ES - ROUNDING)
    })
  })

  test('is the failure when failing is likelier than the tail', () => {
    const law = lawAt({ type: 'lognormal', sigma: 1 }, 600)
    const risk = varEsWithFailures(law, { K: 1, h: 1.05 }, [{ odds: 0.02, loss: 1 }], 0.99)
    expect(risk.VaR).toBe(1)
    expect(risk.ES).toBeCloseTo(1, 12)
  })
})
