import { describe, expect, test } from 'vitest'
import type { Latency } from '../../../../agent/maths/risk/latency.ts'
import type { PriceModel } from '../../../../agent/maths/risk/model.ts'
import { type PublicationTerms, publicationOf } from '../../../../agent/maths/risk/published.ts'
import { Refusal } from '../../../../agent/maths/risk/refusal.ts'

const kou: PriceModel = { type: 'kou', sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 }
const terms: PublicationTerms = { level: 0.99, bidPrice: 0.1, turnover: 4, failures: 0, timeScale: 1 }
const route = (stuck: number, stuckMedian = 7_200): Latency => ({
  type: 'mixture',
  parts: [
    [1 - stuck, { type: 'lognormal', median: 900, s: 0.35 }],
    [stuck, { type: 'lognormal', median: stuckMedian, s: 0.7 }],
  ],
})
const levels = (latency: Latency, changed: Partial<PublicationTerms> = {}) =>
  publicationOf({ model: kou, latency, haircut: 0.05 }, { ...terms, ...changed })

describe('what a route is charged', () => {
  test('a fatter tail costs more haircut, premium and fee', () => {
    const [slim, fat, fatter] = [levels(route(0.005)), levels(route(0.05)), levels(route(0.2, 86_400))]
    for (const name of ['gap', 'fee'] as const) {
      expect(fat[name]).toBeGreaterThan(slim[name])
      expect(fatter[name]).toBeGreaterThan(fat[name])
    }
  })

  test('the gap is the expected shortfall where there are jumps, and the floor where there is diffusion alone', () => {
    const jumpy = levels(route(0.01))
    expect(jumpy.shortfall).toBeGreaterThan(jumpy.floor)
    expect(jumpy.gap).toBe(Math.ceil(1e4 * jumpy.shortfall))
    const short: Latency = { type: 'fixed', l: 900 }
    const calm = publicationOf({ model: { type: 'lognormal', sigma: 0.65 }, latency: short, haircut: 0.05 }, terms)
    // 2.33 sigma is the quantile at 99 %: the mean beyond it is 2.67 sigma less half a variance.
    const scale = 0.65 * Math.sqrt(900 / 31_536_000)
    expect(calm.floor).toBeCloseTo(2.33 * scale, 12)
    expect(calm.shortfall / scale).toBeCloseTo(2.665, 1)
  })

  test('the floor stands against a level that says too little', () => {
    const timid = levels(route(0.01), { level: 0.5 })
    expect(timid.floor).toBeGreaterThan(timid.shortfall)
    expect(timid.gap).toBe(Math.ceil(1e4 * timid.floor))
  })

  test('the premium rises with the bid price, the turnover, failures and compressed time', () => {
    const slow = route(0.2, 86_400)
    const usual = levels(slow)
    expect(usual.premium).toBeGreaterThan(0)
    expect(levels(slow, { bidPrice: 0.5 }).premium).toBeGreaterThan(usual.premium)
    expect(levels(slow, { turnover: 8 }).premium).toBeGreaterThanOrEqual(2 * usual.premium - 1)
    expect(levels(slow, { failures: 0.01 }).premium).toBeGreaterThanOrEqual(usual.premium + 99)
    expect(levels(slow, { timeScale: 60 }).premium).toBeGreaterThan(59 * (usual.premium - 1))
  })

  test('no haircuts take more than everything', () => {
    const hopeless = publicationOf(
      { model: { ...kou, sigma: 20 }, latency: { type: 'fixed', l: 2_000_000 }, haircut: 0.05 },
      terms,
    )
    expect(hopeless.gap).toBe(9_500)
    expect(hopeless).toMatchObject({ premium: 0, expected: 0, tail: 0 })
  })

  test.each([
    ['level', { level: 1 }],
    ['level', { level: Number.NaN }],
    ['turnover', { turnover: -1 }],
    ['failures', { failures: 1.5 }],
    ['timeScale', { timeScale: 0 }],
  ])('a senseless %s is no level', (name, changed) => {
    expect(() => levels(route(0.01), changed)).toThrow(Refusal)
    expect(() => levels(route(0.01), changed)).toThrow(name)
  })
})
