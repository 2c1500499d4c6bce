import { describe, expect, test } from 'vitest'
import { chainId } from '../../../agent/domain/units.ts'
import { margin } from '../../../agent/maths/margin.ts'
import { type AccountPlan, asMarginAccount } from '../../../agent/simulator/scenario/account-plan.ts'
import { planAccounts } from '../../../agent/simulator/scenario/accounts.ts'
import { openMarket } from '../../../agent/simulator/scenario/market.ts'
import { pricesAt, scenarioTerms } from '../../../agent/simulator/scenario/terms.ts'
import { loadScenario } from '../../../config/scenario.ts'

const base = loadScenario('flash-crash')
const terms = scenarioTerms(base, 'engine', chainId(1))

/** What the margin rule says of every account over the scenario, tick by tick, if nobody liquidates. */
function fates(seed: number) {
  const scenario = { ...base, seed }
  const market = openMarket(scenario)
  const start = pricesAt(market, 0)
  const ticks = Array.from({ length: scenario.duration / 500 }, (_, i) => pricesAt(market, i * 500))
  return planAccounts(scenario).map((plan) => {
    const account = asMarginAccount(plan, terms, start)
    const margins = ticks.flatMap((prices) => margin(account, terms, prices) ?? [])
    const fell = margins.some(({ equity, maintenance }) => equity < maintenance)
    return { plan, fell, ruined: margins.some(({ equity }) => equity < 0n), opening: margin(account, terms, start) }
  })
}

const holdsOption = ({ positions }: AccountPlan): boolean =>
  positions.some(({ instrument }) => terms.instruments[instrument]?.kind === 'option')

/** How many of that kind the scenario wants to see fall. */
function asked({ mode, options }: { readonly mode?: string; readonly options?: true }): number {
  const found = base.assert.find((one) => one.kind === 'fell' && one.mode === mode && one.options === options)
  if (found?.kind !== 'fell') throw new Error('the scenario no longer asks for it')
  return found.least
}

describe.each([42, 1, 2, 3, 4, 5, 6, 7, 8, 9])('with seed %i', (seed) => {
  const all = fates(seed)
  const fallen = all.filter(({ fell }) => fell)

  test('the crash catches enough accounts of every mode, and enough with options', () => {
    const caught = (mode: string): number => fallen.filter(({ plan }) => plan.mode === mode).length
    expect(fallen.length).toBeGreaterThanOrEqual(asked({}) + 15)
    for (const mode of ['isolated', 'cross', 'unified'] as const)
      expect(caught(mode)).toBeGreaterThanOrEqual(asked({ mode }) + 5)
    expect(fallen.filter(({ plan }) => holdsOption(plan)).length).toBeGreaterThanOrEqual(asked({ options: true }) + 5)
  })

  test('a third stays healthy, and nobody is ruined before somebody could act', () => {
    expect(all.length - fallen.length).toBeGreaterThanOrEqual(all.length / 3)
    expect(all.filter(({ ruined }) => ruined).length).toBeLessThanOrEqual(all.length * 0.02)
  })

  test('every account can be opened: initial margin is met with room', () => {
    for (const { opening } of all) expect(opening && opening.equity * 100n >= opening.initial * 115n).toBe(true)
  })
})

test('an isolated account holds one instrument and a cross account no collateral', () => {
  for (const plan of planAccounts(base)) {
    if (plan.mode === 'isolated') expect(plan.positions).toHaveLength(1)
    expect([plan.mode === 'cross', plan.credit.length > 0]).toEqual([plan.cash > 0n, plan.cash === 0n])
  }
})

test('the accounts lie in every vault and in both assets', () => {
  const used = new Set(planAccounts(base).flatMap(({ credit }) => credit.map(({ collateral }) => collateral)))
  expect([...used].sort()).toEqual(terms.collaterals.map(({ id }) => id))
})

test('the same seed plans the same accounts', () => {
  expect(planAccounts(base)).toEqual(planAccounts(base))
})

test('fewer accounts still hold all three modes', () => {
  const few = planAccounts({ ...base, accounts: { ...base.accounts, count: 12 } })
  expect(new Set(few.map(({ mode }) => mode))).toEqual(new Set(['isolated', 'cross', 'unified']))
})
