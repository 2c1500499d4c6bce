// Laws at the ends of what parameters may be, against Bromwich's integral, which shares nothing with ours but the words.
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../agent/cli/risk-evaluate.ts'
import type { Latency } from '../../../../agent/maths/risk/latency.ts'
import type { PriceModel } from '../../../../agent/maths/risk/model.ts'
import { bromwich } from '../../../support/bromwich.ts'

const kou = (change: Partial<Extract<PriceModel, { type: 'kou' }>> = {}): PriceModel => ({
  type: 'kou',
  sigma: 0.65,
  lambda: 400,
  p: 0.4,
  eta1: 120,
  eta2: 80,
  ...change,
})

const models: Readonly<Record<string, PriceModel>> = {
  'an ordinary market': kou(),
  'only falls': kou({ p: 0 }),
  'only rises': kou({ p: 1 }),
  'rises that barely have a mean': kou({ eta1: 1.01, lambda: 2 }),
  'falls of two thirds': kou({ eta2: 0.5, lambda: 10 }),
  'eleven jumps an hour': kou({ lambda: 1e5 }),
  'hardly any jump': kou({ lambda: 1e-3 }),
  'hardly any diffusion': kou({ sigma: 0.01 }),
  'a wild diffusion': kou({ sigma: 8 }),
  'a peg that breaks': kou({ sigma: 0.03, lambda: 5, p: 0.2, eta1: 500, eta2: 15 }),
  'jumps of one size': { type: 'merton', sigma: 0.3, lambda: 100, muJ: -0.05, sigmaJ: 0 },
}

const latencies: Readonly<Record<string, Latency>> = {
  'three seconds': { type: 'fixed', l: 3 },
  'a day': { type: 'fixed', l: 86_400 },
  'a month': { type: 'fixed', l: 2_592_000 },
  'five settlements': { type: 'empirical', times: [3, 5, 8, 40, 7200], weights: [5, 3, 1, 0.5, 0.01] },
}

const TAILS = [0.99, 0.9999]
const terms = { K: 1.0005, h: 1.012 }

/** Every number that is further from the integral than one millionth or 1e-8. */
function missesOf(model: PriceModel, latency: Latency): readonly string[] {
  const law = bromwich(model, latency)
  const asked = [
    { id: 'loss', kind: 'gap_loss', params: { model, latency, ...terms } },
    ...TAILS.map((alpha) => ({ id: String(alpha), kind: 'gap_var_es', params: { model, latency, ...terms, alpha } })),
  ]
  const answers = evaluate({ models: {}, latencies: {}, vectors: asked })
  const b = Math.log(terms.K / terms.h)
  return [
    miss('pLoss', answers['loss']?.['pLoss'], law.below(b)),
    miss('EL', answers['loss']?.['EL'], terms.K * law.below(b) - terms.h * law.partial(b)),
    ...TAILS.flatMap((alpha) => {
      const q = Number(answers[String(alpha)]?.['q'])
      const ES = terms.K - (terms.h * law.partial(q)) / (1 - alpha)
      return [
        relative(`F(q) at ${alpha}`, law.below(q), 1 - alpha),
        miss(`ES at ${alpha}`, answers[String(alpha)]?.['ES'], ES),
      ]
    }),
  ].filter((one) => one !== '')
}

const miss = (name: string, found: unknown, expected: number): string =>
  typeof found === 'number' && Math.abs(found - expected) <= Math.max(1e-6 * Math.abs(expected), 1e-8)
    ? ''
    : `${name}: expected ${expected}, found ${JSON.stringify(found)}`

const relative = (name: string, found: number, expected: number): string =>
  Math.abs(found / expected - 1) < 1e-6 ? '' : `${name}: expected ${expected}, found ${found}`

describe.each(Object.keys(models))('%s', (name) => {
  const model = models[name] ?? kou()
  test.each(Object.keys(latencies))('over %s', (time) => {
    expect(missesOf(model, latencies[time] ?? { type: 'fixed', l: 1 })).toEqual([])
  })
})

describe('an ordinary market', () => {
  test.each<[string, Latency]>([
    ['a latency from seconds to years', { type: 'lognormal', median: 60, s: 2.5 }],
    ['a narrow gamma law', { type: 'gamma', k: 200, theta: 5 }],
    ['a narrow lognormal', { type: 'lognormal', median: 600, s: 0.01 }],
    ['a uniform law from zero', { type: 'uniform', lo: 0, hi: 600 }],
  ])('over %s', (_, latency) => {
    expect(missesOf(kou(), latency)).toEqual([])
  })
})

test('a drift that makes the odds a step in time is resolved', () => {
  const latency: Latency = { type: 'lognormal', median: 600, s: 0.5 }
  const steep = kou({ eta1: 1.01, lambda: 50 })
  const fine: Latency = {
    type: 'empirical',
    times: Array.from({ length: 1600 }, (_, i) => 600 * Math.exp(0.5 * ((i - 799.5) / 100))),
    weights: Array.from({ length: 1600 }, (_, i) => Math.exp(-(((i - 799.5) / 100) ** 2) / 2)),
  }
  const ask = (law: Latency) =>
    evaluate({
      models: {},
      latencies: {},
      vectors: [{ id: 'q', kind: 'gap_loss', params: { model: steep, latency: law, ...terms } }],
    })['q']
  expect(Number(ask(latency)?.['pLoss'])).toBeCloseTo(Number(ask(fine)?.['pLoss']), 9)
})
