// Whatever is heard, a belief is a model that can be quoted, or a reason.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyBelief } from '../../../../agent/maths/learning/latency-belief.ts'
import { type Arrival, latencyUnseen, learnLatency } from '../../../../agent/maths/learning/latency-learning.ts'
import { lognormalPrior } from '../../../../agent/maths/learning/latency-prior.ts'
import { condensed, gapOf, priceBelief } from '../../../../agent/maths/learning/price-belief.ts'
import { learnPrice, type PriceLearning } from '../../../../agent/maths/learning/price-learning.ts'
import { PRICE_TERMS } from '../../../../agent/maths/learning/price-terms.ts'
import { atomsOf } from '../../../../agent/maths/risk/latency.ts'
import { returnLaw } from '../../../../agent/maths/risk/law.ts'
import { tailOf } from '../../../../agent/maths/risk/loss.ts'

/** Mostly steps of a minute and moves of a few percent; now and then anything that a number can be. */
const heard = fc.record({
  step: fc.oneof(
    { weight: 8, arbitrary: fc.constant(60_000) },
    { weight: 1, arbitrary: fc.double({ min: -1e7, max: 1e7 }) },
  ),
  move: fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 0.9, max: 1.1, noNaN: true }) },
    { weight: 1, arbitrary: fc.double() },
  ),
  own: fc.option(fc.double(), { nil: undefined }),
})

test('prices of any kind end in a law with a tail, or in a reason', () => {
  const latency = condensed(
    latencyBelief(latencyUnseen(lognormalPrior(1000, 0.3)), { at: 0, state: 'calm', stallOdds: 0 }).law,
  )
  fc.assert(
    fc.property(fc.array(heard, { minLength: 1, maxLength: 80 }), (all) => {
      let [at, price]: [number, number] = [0, 2000]
      let state: PriceLearning | undefined
      for (const { step, move, own } of all) {
        state = learnPrice(state, { at: at + step, price: price * move, own }, PRICE_TERMS)
        if (Number.isFinite(step)) at += step
        if (move > 0.9 && move < 1.1) price *= move
      }
      const belief = priceBelief(state, at, PRICE_TERMS)
      if (belief.type === 'untrusted') {
        expect(belief.reason).toMatch(/^(price|clock)-/)
        return
      }
      const { q, g } = tailOf(returnLaw(gapOf(belief, latency), 24), 0.01)
      expect(belief.volatility).toBeGreaterThanOrEqual(PRICE_TERMS.floor)
      expect(q).toBeLessThan(0)
      expect(g).toBeGreaterThanOrEqual(0)
      expect(g).toBeLessThan(1)
    }),
    { numRuns: 60, seed: 11 },
  )
})

test('settlements of any kind leave a latency law with mass, and odds of being stuck', () => {
  const arrival: fc.Arbitrary<Arrival> = fc.oneof(
    fc.record({ type: fc.constant('arrived' as const), at: fc.double(), seconds: fc.double() }),
    fc.record({
      type: fc.constant('arrived' as const),
      at: fc.double({ min: 0, max: 1e12, noNaN: true }),
      seconds: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    }),
    fc.record({ type: fc.constant('late' as const), at: fc.double() }),
  )
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, stallOdds) => {
      const learned = all.reduce(learnLatency, latencyUnseen(lognormalPrior(1000, 0.3)))
      const belief = latencyBelief(learned, { at: Math.max(0, learned.at), state: 'cascade', stallOdds })
      const { points, weights } = atomsOf(belief.law)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
      expect(points.every((time) => time > 0 && time < Infinity)).toBe(true)
      expect(belief.stuckOdds).toBeGreaterThan(0)
      expect(belief.stuckOdds).toBeLessThanOrEqual(0.9)
    }),
    { numRuns: 100, seed: 12 },
  )
})
