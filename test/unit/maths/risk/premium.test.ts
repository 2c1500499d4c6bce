// What a liquidation must earn, how large it should be, and whether the race for it is worth entering.
import { describe, expect, test } from 'vitest'
import { acerbiSzekely } from '../../../../agent/maths/risk/backtest.ts'
import {
  bestOverSteps,
  bestSize,
  leastBonus,
  type SizeTerms,
  shadowPrice,
} from '../../../../agent/maths/risk/premium.ts'
import { bestCopies, copiesOdds, firstComeOdds, raceValue } from '../../../../agent/maths/risk/race.ts'

const price = { rho: 0.1, slippage: 0.003, cost_frac: 0.0005, lost_race_cost_frac: 0, pWin: 1, m1: 1 }

describe('the least bonus', () => {
  test('pays for cost and slippage alone when tail capital is free', () => {
    expect(leastBonus(0.9, { ...price, rho: 0 }).beta_min).toBeCloseTo(1.0005 / 0.997 - 1, 14)
  })

  test('rises with the price of capital, with the tail and with lost races', () => {
    const base = leastBonus(0.95, price).beta_min
    expect(leastBonus(0.95, { ...price, rho: 0.2 }).beta_min).toBeGreaterThan(base)
    expect(leastBonus(0.9, price).beta_min).toBeGreaterThan(base)
    expect(leastBonus(0.95, { ...price, pWin: 0.3, lost_race_cost_frac: 0.001 }).beta_min).toBeGreaterThan(base)
  })

  test('is refused when the race cannot be won', () => {
    expect(() => leastBonus(0.95, { ...price, pWin: 0 })).toThrow(expect.objectContaining({ reason: 'out-of-range' }))
  })
})

describe('the shadow price', () => {
  test('rises as the limit comes near and has no value at it', () => {
    expect([0, 50, 90].map((used) => shadowPrice(0.05, 0.1, used, 100))).toEqual([0.1, 0.2, expect.closeTo(1, 12)])
    expect(shadowPrice(0.05, 0.1, 100, 100)).toBe(Infinity)
  })
})

describe('the best size', () => {
  const terms: SizeTerms = {
    bonus: 0.05,
    basis: 1,
    slippage: 0.003,
    impact: 1e-7,
    m1: 1,
    K: 1.0005,
    rho: 0.1,
    marginal: 0.05,
    curvature: 1e-8,
    fixedCost: 10,
  }
  const earned = (debt: number): number => {
    const { bonus, slippage, impact, K, rho, marginal, curvature, fixedCost } = terms
    const sold = debt * ((1 + bonus) * (1 - slippage - impact * debt) - K)
    return sold - rho * (marginal * debt + 0.5 * curvature * debt ** 2) - fixedCost
  }

  test('is where one more unit earns nothing', () => {
    const { debt, value } = bestSize(terms, 0, 1e9)
    expect(value).toBeCloseTo(earned(debt), 6)
    expect(earned(debt)).toBeGreaterThan(earned(debt * 1.01))
    expect(earned(debt)).toBeGreaterThan(earned(debt * 0.99))
  })

  test('keeps to its bounds, and is nothing when nothing pays', () => {
    expect(bestSize(terms, 0, 1000).debt).toBe(1000)
    expect(bestSize({ ...terms, bonus: 0.001 }, 0, 1e6)).toEqual({ debt: 0, value: 0 })
  })

  test('stays below a step in latency that costs more than the larger size earns', () => {
    const slow = { ...terms, marginal: 0.4 }
    const found = bestOverSteps(
      [
        { upTo: 10_000, terms },
        { upTo: 1e9, terms: slow },
      ],
      0,
      1e9,
    )
    expect(found.debt).toBe(10_000)
  })
})

describe('a race', () => {
  test('against one rival has the odds of the earlier arrival', () => {
    const even = { mean: 1, deviation: 0.3 }
    expect(firstComeOdds(even, [even])).toBe(0.5)
    expect(firstComeOdds(even, [])).toBe(1)
  })

  test('against equals is won one time in as many as run', () => {
    const even = { mean: 1, deviation: 0.3 }
    expect(firstComeOdds(even, [even, even, even])).toBeCloseTo(0.25, 9)
  })

  test('by copies is shared by copies, and the best number of them balances cost', () => {
    expect(copiesOdds(1, 3)).toBe(0.25)
    const copies = bestCopies(100, 9, 1)
    expect((100 * 9) / (copies + 9) ** 2).toBeCloseTo(1, 12)
    expect(raceValue(0.25, 100, 4)).toBe(22)
  })
})

describe('the test of expected shortfall', () => {
  test('is zero when the tail is as forecast and negative when it is worse', () => {
    const risks = Array.from({ length: 100 }, () => ({ VaR: 2, ES: 3 }))
    const losses = Array.from({ length: 100 }, (_, i) => (i < 5 ? 3 : 0))
    expect(acerbiSzekely(losses, risks, 0.95)).toBeCloseTo(0, 12)
    expect(
      acerbiSzekely(
        losses.map((loss) => 2 * loss),
        risks,
        0.95,
      ),
    ).toBeCloseTo(-1, 12)
  })
})
