import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bps, millis, wad } from '../../../agent/domain/units.ts'
import { toDouble } from '../../../agent/maths/fixed-point.ts'
import { expectedLoss, type GapTerms, gapLaw, gapRisk, shortfallOf } from '../../../agent/maths/gap-risk.ts'
import { affordable, slippageUp, withTolerance } from '../../../agent/maths/sizing.ts'
import { normalShortfall } from '../../../agent/maths/tail.ts'
import { observe, volatility, YEAR } from '../../../agent/maths/volatility.ts'
import { latency, MINUTE, usd } from '../../support/builders.ts'

const calm = { jump: 0, jumpsPerDay: 0 }
const terms: GapTerms = { bidPrice: 0.2, limit: usd(100_000), jump: 0.05, jumpsPerDay: 4 }
const direct = latency({ spread: 0, stuckOdds: 0 })
const leg = (over: { sigma?: number; minutes?: number; stuckOdds?: number; value?: number } = {}) => {
  const value = usd(over.value ?? 10_000)
  const law = gapLaw(
    latency({ median: millis((over.minutes ?? 8) * MINUTE), stuckOdds: over.stuckOdds ?? 0.01 }),
    over.sigma ?? 0.9,
    terms,
  )
  return { value, debt: value, law }
}
const premium = (legs: Parameters<typeof gapRisk>[0], inFlight = usd(0)) => gapRisk(legs, inFlight, terms).premium
const figure = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('the law of the gap', () => {
  test('without jumps and stalls is the expected shortfall of a lognormal', () => {
    const deviation = 0.9 * Math.sqrt((8 * MINUTE) / YEAR)
    const law = gapLaw(direct, 0.9, calm)
    expect(law.unitShortfall).toBeCloseTo(deviation * normalShortfall(0.025), 4)
  })

  test('grows with the root of the latency', () => {
    const four = gapLaw({ ...direct, median: millis(4 * direct.median) }, 0.5, calm).unitShortfall
    expect(four / gapLaw(direct, 0.5, calm).unitShortfall).toBeCloseTo(2, 1)
  })

  test('promises nothing and takes nothing: a dollar stays a dollar on average', () => {
    fc.assert(
      fc.property(figure(0.1, 5), figure(0, 0.5), (sigma, odds) => {
        expect(gapLaw(latency({ stuckOdds: odds }), sigma, terms).partial(Number.POSITIVE_INFINITY)).toBeCloseTo(1, 12)
      }),
    )
  })
})

describe('the premium', () => {
  test('rises with volatility', () => {
    fc.assert(
      fc.property(figure(0.1, 3), figure(1.001, 2), (sigma, by) => {
        expect(premium([leg({ sigma: sigma * by })]) >= premium([leg({ sigma })])).toBe(true)
      }),
    )
  })

  test('rises with latency', () => {
    fc.assert(
      fc.property(figure(1, 600), figure(1.001, 3), (minutes, by) => {
        expect(premium([leg({ minutes: minutes * by })]) >= premium([leg({ minutes })])).toBe(true)
      }),
    )
  })

  test('rises with the odds of a stall', () => {
    expect(premium([leg({ stuckOdds: 0.3 })]) > premium([leg({ stuckOdds: 0 })])).toBe(true)
  })

  test('rises with what is in flight, so that a busy agent bids less by itself', () => {
    fc.assert(
      fc.property(figure(0, 120_000), figure(1, 20_000), (used, more) => {
        expect(premium([leg()], usd(used + more)) >= premium([leg()], usd(used))).toBe(true)
      }),
    )
    expect(premium([leg()], usd(90_000)) > 5n * premium([leg()])).toBe(true)
  })

  test('of two slices one after the other is that of both at once', () => {
    const first = gapRisk([leg()], usd(0), terms)
    const both = premium([leg(), leg({ value: 5_000 })])
    expect(toDouble(both)).toBeCloseTo(
      toDouble(first.premium) + toDouble(premium([leg({ value: 5_000 })], first.shortfall)),
      9,
    )
  })

  test('stays finite beyond the limit, and dear', () => {
    expect(premium([leg()], usd(200_000)) > 9n * shortfallOf(leg())).toBe(true)
    expect(gapRisk([leg()], usd(0), { ...terms, limit: usd(0) }).premium > 0n).toBe(true)
  })

  test('of a claim that cost nothing is nothing', () => {
    expect(gapRisk([{ ...leg(), debt: wad(-5n) }], usd(50_000), terms)).toEqual({
      expected: 0n,
      shortfall: 0n,
      premium: 0n,
    })
    expect(gapRisk([], usd(50_000), terms)).toEqual({ expected: 0n, shortfall: 0n, premium: 0n })
  })
})

test('a loss is never expected to exceed the debt', () => {
  fc.assert(
    fc.property(figure(0, 20_000), figure(0, 20_000), figure(0.1, 9), (value, debt, sigma) => {
      const exposure = { value: usd(value), debt: usd(debt), law: gapLaw(latency(), sigma, terms) }
      expect(expectedLoss(exposure) <= exposure.debt && expectedLoss(exposure) >= 0n).toBe(true)
      expect(shortfallOf(exposure) <= exposure.debt).toBe(true)
    }),
  )
})

describe('volatility from ticks', () => {
  const pace = { floor: 0.5, halfLife: 15 * MINUTE, spacing: MINUTE }

  test('never falls below its floor', () => {
    let state = observe(undefined, 0, 2_500, pace)
    for (let i = 1; i < 60; i++) state = observe(state, i * MINUTE, 2_500, pace)
    expect(volatility(state, pace)).toBe(0.5)
    expect(volatility(undefined, pace)).toBe(0.5)
  })

  test('finds the volatility of a regular walk', () => {
    const step = 1.2 * Math.sqrt(MINUTE / YEAR)
    let state = observe(undefined, 0, 1, pace)
    for (let i = 1; i < 600; i++) state = observe(state, i * MINUTE, Math.exp(i % 2 === 0 ? 0 : step), pace)
    expect(volatility(state, pace)).toBeCloseTo(1.2, 3)
  })

  test('rises fast in a crash, and is not carried away by it', () => {
    const crash = [2_500, 2_350, 2_200, 2_050]
    let state = observe(undefined, 0, 2_500, pace)
    for (const [i, price] of crash.entries()) state = observe(state, (i + 1) * MINUTE, price, pace)
    expect(volatility(state, pace)).toBeGreaterThan(2 * pace.floor)
    expect(volatility(state, pace)).toBeLessThan(4 * pace.floor)
  })

  test('leaves out ticks that are too close, and prices that are none', () => {
    const state = observe(undefined, 0, 2_500, pace)
    expect(observe(state, MINUTE - 1, 9_999, pace)).toBe(state)
    expect(observe(state, MINUTE, 0, pace)).toBe(state)
  })
})

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
