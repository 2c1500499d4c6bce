import { expect, test } from 'vitest'
import { chainId } from '../../../agent/domain/units.ts'
import { margin } from '../../../agent/maths/margin.ts'
import { asMarginAccount } from '../../../agent/simulator/scenario/account-plan.ts'
import { planAccounts } from '../../../agent/simulator/scenario/accounts.ts'
import { openMarket } from '../../../agent/simulator/scenario/market.ts'
import { pricesAt, scenarioTerms } from '../../../agent/simulator/scenario/terms.ts'
import { loadScenario } from '../../../config/scenario.ts'

const base = loadScenario('whale')
const scenario = { ...base, accounts: { ...base.accounts, count: 6, twins: true } }
const terms = scenarioTerms(scenario, 'engine', chainId(1))
const start = pricesAt(openMarket(scenario), 0)
const books = Map.groupBy(
  planAccounts(scenario).filter(({ book }) => book !== undefined),
  ({ book }) => book,
)

test('every book is held in two isolated accounts, one cross and one unified, on the same capital', () => {
  expect(books.size).toBe(6)
  for (const plans of books.values()) {
    expect(plans.map(({ mode }) => mode)).toEqual(['isolated', 'isolated', 'cross', 'unified'])
    const [one, other, cross, unified] = plans
    if (!one || !other || !cross || !unified) throw new Error('a book has four accounts')
    const whole = [cross, unified].map(({ cash, credit, positions }) => ({ cash, credit, positions }))
    expect(whole[0]).toEqual(whole[1])
    expect([...one.positions, ...other.positions]).toEqual(unified.positions)
    const apart = Number(one.cash + other.cash)
    expect(Math.abs(apart - Number(unified.cash))).toBeLessThanOrEqual(2e16)
  }
})

test('every one of them can be opened, and only the mode decides how much margin counts', () => {
  for (const plans of books.values()) {
    const margins = plans.map((plan) => margin(asMarginAccount(plan, terms, start), terms, start))
    for (const one of margins) expect(one && one.equity >= one.initial).toBe(true)
    const [, , cross, unified] = margins
    expect(cross && unified && unified.equity > cross.equity && unified.maintenance === cross.maintenance).toBe(true)
  }
})

test('accounts have addresses of their own, the named one among them', () => {
  const salts = planAccounts(scenario).map(({ salt }) => salt)
  expect([new Set(salts).size, salts.length]).toEqual([25, 25])
})
