import { expect, test } from 'vitest'
import { hear } from '../../../agent/console/chronicle/saying.ts'
import { judge } from '../../../agent/swarm/assertions.ts'
import { gainText, short, table, usd } from '../../../agent/swarm/format.ts'
import { gapLines, gapSummary } from '../../../agent/swarm/gaps.ts'
import type { Outcome } from '../../../agent/swarm/outcome.ts'
import { percentile } from '../../../agent/swarm/statistics.ts'
import type { Life } from '../../../agent/swarm/truth.ts'
import { listen, newVoices } from '../../../agent/swarm/voices.ts'
import { loadScenario } from '../../../config/scenario.ts'

const scenario = loadScenario('flash-crash')

const life = (account: number, mode: Life['mode']): Life => ({
  account: `0x${account.toString(16).padStart(40, '0')}`,
  mode,
  options: true,
  fellAt: 1,
  underSince: 1,
  under: false,
  ruinedAt: undefined,
  insolventAt: undefined,
  firstBidAt: 2,
  bids: 1,
  lastMark: 1n,
})

/** A run in which everything went well. */
const outcome = (change: Partial<Outcome> = {}): Outcome => {
  const fell = Array.from({ length: 60 }, (_, i) =>
    life(i, (['isolated', 'cross', 'unified'] as const)[i % 3] ?? 'cross'),
  )
  return {
    ...{ seed: 42, fell, liquidated: fell, refused: [], missed: [], recovered: 0, inTime: 60, badDebt: 0n },
    ...{ bids: [], claims: [], settledBy: { 'state-proof': 10, 'liquidity-service': 10 }, settled: 20, unsettled: 0 },
    ...{
      winners: 3,
      ledgers: [{ what: 'cash', left: 5n, right: 5n }],
      agents: [],
      creditLag: [],
      sales: new Set<string>(),
      lines: undefined,
      wallSeconds: 60,
    },
    gossip: { messages: 1, p50: 1, p99: 2, crashP50: 1, crashP99: 2 },
    gaps: gapSummary([]),
    ...change,
  }
}

const failures = (change: Partial<Outcome>): readonly string[] =>
  judge(outcome(change), scenario)
    .filter(({ holds }) => !holds)
    .map(({ claim, found }) => `${claim}: ${found}`)

test('a run in which everything went well passes', () => {
  expect(failures({})).toEqual([])
})

test('each broken promise is named with what was found', () => {
  expect(failures({ unsettled: 2 })).toEqual(['every claim redeemed: 2 of 0 open'])
  expect(failures({ badDebt: 10n ** 18n })).toEqual(['bad debt at most $0.00: $1.00'])
  expect(failures({ winners: 2 })).toEqual(['at least 3 different winners: 2'])
  expect(failures({ settledBy: { 'state-proof': 10, 'liquidity-service': 9 } })).toEqual([
    'at least 10 settlements by liquidity service: 9',
  ])
})

test('one wei out of place is no conservation', () => {
  expect(failures({ ledgers: [{ what: 'cash', left: 5n, right: 6n }] })).toEqual([
    'value conserved to the wei on every chain: cash: 5 against 6',
  ])
})

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
