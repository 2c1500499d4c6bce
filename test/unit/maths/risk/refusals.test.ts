// What cannot be trusted is refused with a reason, never answered with a number.
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../agent/cli/risk-evaluate.ts'

const kou = { type: 'kou', sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 }
const slow = { type: 'lognormal', median: 1000, s: 0.35 }
const terms = { K: 1.0005, h: 1.04685, want: ['pLoss'] }

/** The reason for which a question is refused. */
function reasonFor(kind: string, params: unknown): unknown {
  const { q } = evaluate({ models: { kou }, latencies: { slow }, vectors: [{ id: 'q', kind, params }] })
  const error: unknown = q?.['error']
  return typeof error === 'object' && error !== null && 'reason' in error ? error.reason : q
}

const gapWith = (model: unknown, latency: unknown = slow) => reasonFor('gap_loss', { model, latency, ...terms })
const under = (latency: unknown) => gapWith(kou, latency)

describe('a model is refused', () => {
  test.each([
    ['whose jumps have no expectation', { ...kou, eta1: 1 }, 'no-expectation'],
    ['without diffusion', { ...kou, sigma: 0 }, 'out-of-range'],
    ['with a negative intensity', { ...kou, lambda: -1 }, 'out-of-range'],
    ['with odds above one', { ...kou, p: 1.1 }, 'out-of-range'],
    ['with a parameter that is no number', { ...kou, sigma: Number.NaN }, 'out-of-range'],
    ['that nobody named', 'unheard-of', 'out-of-range'],
  ])('%s', (_, model, reason) => {
    expect(gapWith(model)).toBe(reason)
  })
})

describe('a latency law is refused', () => {
  test.each([
    ['of no length', { type: 'fixed', l: 0 }, 'out-of-range'],
    ['without mass', { type: 'mixture', parts: [[0, slow]] }, 'no-mass'],
    ['whose parts do not sum to one', { type: 'mixture', parts: [[0.5, slow]] }, 'out-of-range'],
    ['that is empty', { type: 'empirical', times: [] }, 'out-of-range'],
    ['that should be over', { type: 'residual', of: { type: 'fixed', l: 5 }, elapsed: 6 }, 'no-mass'],
    ['that ends before it starts', { type: 'uniform', lo: 9, hi: 3 }, 'out-of-range'],
  ])('%s', (_, latency, reason) => {
    expect(under(latency)).toBe(reason)
  })
})

describe('a question is refused', () => {
  test('of a kind nobody knows', () => {
    expect(reasonFor('horoscope', {})).toBe('unknown-kind')
  })

  test('that wants a field its kind does not have', () => {
    expect(reasonFor('normal_cdf', { x: 0, want: ['luck'] })).toBe('unknown-field')
  })

  test('whose parameters are missing', () => {
    expect(reasonFor('normal_cdf', { want: ['value'] })).toBe('bad-params')
  })

  test('with a correlation matrix that no variables have', () => {
    const corr = [
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ]
    const params = { weights: [1, 1, 1], scale: [1, 1, 1], corr, nu: 4, alpha: 0.99, want: ['VaR'] }
    expect(reasonFor('portfolio_elliptical_linear', params)).toBe('not-positive-semidefinite')
  })

  test('alone: its neighbours are answered', () => {
    const vectors = [
      { id: 'bad', kind: 'normal_cdf', params: { x: 'one', want: ['value'] } },
      { id: 'good', kind: 'normal_cdf', params: { x: 0, want: ['value'] } },
    ]
    const answers = evaluate({ models: {}, latencies: {}, vectors })
    expect(answers['good']).toEqual({ value: 0.5 })
    expect(answers['bad']).toHaveProperty('error')
  })
})
