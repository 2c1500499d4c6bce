// The steps before and after a payment are learned per route.
import { expect, test } from 'vitest'
import { type LagLearning, lagSummaries, learnLags, type Steps } from '../../../../agent/maths/learning/lags.ts'

const steps = (late = 0): Steps => ({
  valueAsOf: 0,
  underwater: 5000,
  trigger: 10_000,
  bid: 12_000 + late,
  final: 100_000,
  sold: 160_000,
})

test('each step of a liquidation is told by its quartiles', () => {
  const learned = [0, 1000, 2000].reduce<LagLearning>((state, late) => learnLags(state, steps(late)), {})
  expect(lagSummaries(learned).map(({ lag, sample }) => [lag, Math.round(sample)])).toEqual([
    ['underwater to trigger', 3],
    ['trigger to bid', 3],
    ['bid to claim final', 3],
    ['claim final to sold', 3],
    ['age of collateral value', 3],
  ])
  const bid = lagSummaries(learned).find(({ lag }) => lag === 'trigger to bid')
  expect([bid?.q1, bid?.median, bid?.q3]).toEqual([2, 3, 4])
})

test('a step that did not happen, or happened before it could, teaches nothing', () => {
  const learned = learnLags({}, { trigger: 10_000, bid: 9000, final: 20_000, sold: Number.NaN })
  expect(lagSummaries(learned).map(({ lag }) => lag)).toEqual(['bid to claim final'])
})

test('steps within one instant count as a millisecond', () => {
  const [only] = lagSummaries(learnLags({}, { trigger: 10_000, bid: 10_000 }))
  expect(only?.median).toBe(0.001)
})
