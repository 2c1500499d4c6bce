// The multiplier on tails: who may raise it, who may not, and how it comes back.
import { describe, expect, test } from 'vitest'
import { afterHour, capitalOf, noAlarm } from '../../../../agent/maths/trust/alarm.ts'
import { lightOf } from '../../../../agent/maths/trust/light.ts'
import { type Control, closed, follow, freshControl, multiplierOf } from '../../../../agent/maths/trust/multiplier.ts'
import { evidence } from '../../../support/gap-evidence.ts'

const over = (records: ReturnType<typeof evidence>, from: Control = freshControl): Control =>
  closed(records.reduce(follow, from))
const wild = evidence({ count: 800, truth: (model) => ({ ...model, sigma: model.sigma * 2 }) })
const right = evidence({ count: 4000, seed: 9 })

describe('the multiplier', () => {
  test('starts at one and is never below it, whatever comes', () => {
    let control = freshControl
    for (const record of [...right, ...wild, ...right]) {
      control = follow(control, record)
      expect(multiplierOf(control)).toBeGreaterThanOrEqual(1)
      expect(multiplierOf(control)).toBeLessThanOrEqual(3)
    }
  })

  test('does not rise on quiet evidence, however cautious the model', () => {
    const cautious = evidence({ count: 1000, truth: (model) => ({ ...model, sigma: model.sigma / 3, lambda: 1 }) })
    expect(multiplierOf(over(cautious))).toBe(1)
  })

  test('rises when VaR is exceeded far too often, and comes back when it no longer is', () => {
    const raised = over(wild)
    expect(multiplierOf(raised)).toBeGreaterThan(2)
    const later = right.map((one) => ({
      ...one,
      forecast: { ...one.forecast, modelledAt: one.forecast.modelledAt + 1e11 },
    }))
    expect(multiplierOf(over(later, raised))).toBeLessThan(multiplierOf(raised) / 1.5)
  })

  test('rests on a state that does not grow', () => {
    const size = (control: Control): number => JSON.stringify(control).length
    expect(size(over(right))).toBeLessThan(2 * size(over(right.slice(0, 40))))
  })

  test('is the same whether records come one by one or in two parts', () => {
    const halfway = right.slice(0, 2000).reduce(follow, freshControl)
    expect(closed(right.slice(2000).reduce(follow, halfway))).toEqual(over(right))
  })
})

describe('the alarm', () => {
  test('cannot gain on average while one loss in a hundred exceeds VaR', () => {
    const [quiet, hit] = [afterHour(noAlarm, 0, 1, 0.01), afterHour(noAlarm, 1, 1, 0.01)]
    expect(0.99 * Math.exp(capitalOf(quiet)) + 0.01 * Math.exp(capitalOf(hit))).toBeCloseTo(1, 12)
  })

  test('grows without bound when five do', () => {
    let alarm = noAlarm
    for (let hour = 0; hour < 400; hour++) alarm = afterHour(alarm, hour % 20 === 0 ? 1 : 0, 1, 0.01)
    expect(alarm.highest).toBeGreaterThan(Math.log(1000))
  })
})

test('the light is Basel traffic: yellow below 5 %, red below one in ten thousand, dark without evidence', () => {
  expect([lightOf(0.2, 10), lightOf(0.03, 10), lightOf(0.00009, 10), lightOf(0.4, 0.5), lightOf(0.005, 0.5)]).toEqual([
    'green',
    'yellow',
    'red',
    'unjudged',
    'yellow',
  ])
})
