// Everything in flight over common scenarios: what adds up, what nets, and that one position agrees with its own law.
import { describe, expect, test } from 'vitest'
import { returnLaw } from '../../../../agent/maths/risk/law.ts'
import { tailOf, varEs } from '../../../../agent/maths/risk/loss.ts'
import type { Market } from '../../../../agent/maths/risk/market.ts'
import * as portfolio from '../../../../agent/maths/risk/portfolio.ts'
import { drawScenarios } from '../../../../agent/maths/risk/scenarios.ts'

const market: Market = {
  assets: [0.6, 0.9, 1.4].map((sigma) => ({
    model: { type: 'kou', sigma, lambda: 600, p: 0.4, eta1: 110, eta2: 80 },
    load: 0.85,
  })),
  routes: [
    { latency: { type: 'fixed', l: 900 }, chain: 0 },
    { latency: { type: 'lognormal', median: 60, s: 0.5 }, chain: 1 },
  ],
  chains: [
    { stallOdds: 0, stall: { type: 'fixed', l: 7200 } },
    { stallOdds: 0.01, stall: { type: 'lognormal', median: 7200, s: 0.7 } },
  ],
  nu: 4,
  routeShare: 0.5,
}
const scenarios = drawScenarios(market, { rows: 8192, seed: 3 })
const terms = { D: 10_000, K: 1.0005, h: 1.045 }
const held = [0, 1, 2, 3, 4, 5].map((id) =>
  portfolio.liquidation({ id, asset: id % 3, route: id % 2, elapsed: 30 * (id % 4) }, terms),
)
const LEVEL = 0.99

/** A book of some holdings with its risk at one level. */
function bookOf(holdings: readonly portfolio.Holding[]) {
  const book = portfolio.openBook(market, scenarios)
  portfolio.rebuild(book, holdings)
  const [risk] = portfolio.riskOf(book, [LEVEL])
  if (risk === undefined) throw new Error('expected one level')
  return { book, risk }
}

describe('a book', () => {
  test('draws the same scenarios from the same seed, and weights that sum to one', () => {
    const again = drawScenarios(market, { rows: 8192, seed: 3 })
    expect(again.moves.every((move, i) => move === scenarios.moves[i])).toBe(true)
    expect(scenarios.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10)
  })

  test('of one position agrees with the law of that position', () => {
    const one = portfolio.liquidation({ id: 1, asset: 0, route: 0, elapsed: 0 }, terms)
    const law = returnLaw({ model: market.assets[0]?.model ?? fail(), latency: { type: 'fixed', l: 900 } })
    const exact = varEs(tailOf(law, 1 - LEVEL), terms)
    const { risk } = bookOf([one])
    // Three standard errors of 8,192 weighted rows.
    expect(Math.abs(risk.VaR / terms.D - exact.VaR)).toBeLessThan(0.0007)
    expect(Math.abs(risk.ES / terms.D - exact.ES)).toBeLessThan(0.0021)
  })

  test("splits ES into Euler's shares that sum to it", () => {
    const { book, risk } = bookOf(held)
    const tail = portfolio.tailRows(book, risk)
    const shares = held.map((holding) => portfolio.euler(book, holding, tail))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(risk.ES, 6)
  })

  test('has at most the ES of its parts together', () => {
    const apart = held.reduce((sum, holding) => sum + bookOf([holding]).risk.ES, 0)
    expect(bookOf(held).risk.ES).toBeLessThanOrEqual(apart + 1e-9)
  })

  test('charges a candidate exactly what it adds, and nearly so by the tail', () => {
    const { book, risk } = bookOf(held)
    const candidate = portfolio.liquidation({ id: 9, asset: 2, route: 0, elapsed: 0 }, { ...terms, D: 100 })
    const exact = portfolio.marginal(book, candidate, risk)
    const after = bookOf([...held, candidate]).risk.ES
    expect(exact).toBeCloseTo(after - risk.ES, 6)
    expect(portfolio.euler(book, candidate, portfolio.tailRows(book, risk))).toBeCloseTo(exact, 0)
  })

  test('is as before once a position is taken out', () => {
    const { book, risk } = bookOf(held)
    const [first = fail()] = held
    portfolio.remove(book, first)
    portfolio.add(book, first)
    expect(portfolio.riskOf(book, [LEVEL])[0]?.ES).toBeCloseTo(risk.ES, 6)
  })

  test('nets a hedge on the same asset and route time', () => {
    const long = portfolio.liquidation({ id: 1, asset: 1, route: 0, elapsed: 0 }, terms)
    const hedge = { id: 1, asset: 1, route: 0, elapsed: 0, fixed: 0, exposure: -terms.D * terms.h }
    expect(bookOf([long, hedge]).risk.ES).toBeCloseTo(terms.D * (terms.K - terms.h), 6)
  })

  test('holds a fixed row of stress at its weight', () => {
    const crash = { weight: 0.005, over: 900, returns: [-0.4, -0.5, -0.6], stalled: [0, 1] }
    const stressed = portfolio.openBook(market, drawScenarios(market, { rows: 4096, seed: 3, fixed: [crash] }))
    portfolio.rebuild(stressed, held)
    const [risk] = portfolio.riskOf(stressed, [0.999])
    expect(risk?.VaR).toBeGreaterThan(15_000)
  })
})

const fail = (): never => {
  throw new Error('expected it to be there')
}
