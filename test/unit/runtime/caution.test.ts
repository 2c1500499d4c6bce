// An agent that was wrong about gaps asks more for the next ones, also after a restart.
import { expect, test } from 'vitest'
import { createCaution } from '../../../agent/maths/trust/caution.ts'
import { evidence } from '../../support/gap-evidence.ts'

const wrong = evidence({ count: 400, truth: (model) => ({ ...model, sigma: 2 * model.sigma }) })

/** What the core is told over some records, after others before a restart. */
function toldOver(records: typeof wrong, before: typeof wrong = []): readonly number[] {
  const told: number[] = []
  const caution = createCaution(before, (multiplier) => told.push(multiplier))
  for (const record of records) caution.heard(record)
  return told
}

test('the core hears nothing while forecasts hold', () => {
  expect(toldOver(evidence({ count: 400 }))).toEqual([])
})

test('the core hears of wider tails as losses exceed VaR', () => {
  const told = toldOver(wrong)
  expect(told.length).toBeGreaterThan(3)
  expect(Math.max(...told)).toBeGreaterThan(1.5)
})

test('a restart goes on where the evidence left off', () => {
  const whole = toldOver(wrong)
  const [first] = toldOver([], wrong)
  expect(Math.abs((first ?? 1) - (whole[whole.length - 1] ?? 0))).toBeLessThan(0.01)
})
