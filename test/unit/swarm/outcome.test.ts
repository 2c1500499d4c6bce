import { expect, test } from 'vitest'
import { hear } from '../../../agent/console/chronicle/saying.ts'
import { gainText, short, table, usd } from '../../../agent/swarm/format.ts'
import { gapLines, gapSummary } from '../../../agent/swarm/gaps.ts'
import { percentile } from '../../../agent/swarm/statistics.ts'
import { listen, newVoices } from '../../../agent/swarm/voices.ts'

test('figures read like money', () => {
  expect([usd(1_234_567n * 10n ** 18n), usd(-5n * 10n ** 17n), gainText(10n ** 18n)]).toEqual([
    '$1,234,567',
    '-$0.50',
    '+$1.00',
  ])
  expect(short('0x1234567890abcdef')).toBe('0x1234..def')
})

test('a table keeps its columns', () => {
  expect(table(['agent', 'wins'], [['house-1', '3']])).toEqual(['  agent    wins', '  house-1     3'])
})

test('a percentile is one of the samples', () => {
  expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99), percentile([], 0.5)]).toEqual([2, 3, undefined])
})

test('a line that is no event is passed over', () => {
  expect([hear('house-1', 'warming up'), hear('house-1', '{"half":'), hear('house-1', '{"a":1}')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a refusal for the gap is remembered by account, and deliveries add up', () => {
  const voices = newVoices()
  const say = (fields: object): void => {
    const saying = hear('house-1', JSON.stringify(fields))
    if (saying !== undefined) listen(voices, saying)
  }
  say({ event: 'decision', kind: 'skip', reason: 'gap-premium', account: '0xAB' })
  say({ event: 'decision', kind: 'skip', reason: 'not-profitable', account: '0xCD' })
  say({ event: 'gossip:stats', samples: [[1, 5]] })
  say({ event: 'gossip:stats', samples: [[2, 7]] })
  expect([...voices.refusals.keys()]).toEqual(['0xab'])
  expect(voices.deliveries).toEqual([
    { at: 1, millis: 5 },
    { at: 2, millis: 7 },
  ])
})

test('the gap as it was priced stands beside the gap as it was, in eighty columns', () => {
  const levels = [
    { alpha: 0.975, VaR: 0.01 },
    { alpha: 0.99, VaR: 0.02 },
  ]
  const gap = (loss: number, taken: boolean) => ({
    forecast: { id: 'leg', debt: 1_000, K: 1, h: 1.05, levels },
    realised: { taken, loss },
  })
  const voices = newVoices()
  for (const fields of [gap(-0.04, true), gap(-0.02, true), gap(0.015, false), gap(0.5, false)])
    listen(voices, { event: 'gap:realised', level: 'info', agent: 'house-1', at: 1, fields })
  listen(voices, {
    event: 'gap:realised',
    level: 'info',
    agent: 'house-1',
    at: 1,
    fields: { forecast: {}, realised: {} },
  })
  const summary = gapSummary(voices.gaps)
  expect(summary).toMatchObject({ ended: 4, carried: 2, realised: expect.closeTo(0.03, 12) })
  expect(summary.levels).toEqual([
    { alpha: 0.975, observed: 2, expected: expect.closeTo(0.1, 12), coverage: 0.5 },
    { alpha: 0.99, observed: 1, expected: expect.closeTo(0.04, 12), coverage: 0.75 },
  ])
  expect(gapLines(summary)).toEqual([
    '  gaps: 4 ended, 2 carried · gain per debt predicted 5.00 %, realised 3.00 %',
    '  losses beyond VaR at 97.5 %: 2 of 0.1 expected · 99.0 %: 1 of 0.0 expected',
  ])
  expect(gapLines(gapSummary([]))).toEqual([])
  expect(Math.max(...gapLines(summary).map((line) => line.length))).toBeLessThanOrEqual(80)
})
