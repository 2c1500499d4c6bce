// Backtests on a made-up fall: two days of prices, the second with a crash in it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { termsOf } from '../../agent/kit/backtest/plan.ts'
import { playAll } from '../../agent/kit/backtest/pool.ts'
import { summarise } from '../../agent/kit/backtest/summary.ts'
import { chance } from '../../agent/maths/risk/random.ts'
import type { Played } from '../../agent/simulator/backtest/run.ts'
import { bookFile } from '../../config/book.ts'
import { lienmesh } from '../support/command-line.ts'

const FROM = Date.UTC(2024, 0, 1)
const MINUTES = 24 * 60
const CRASH = 15 * 60

/** A quiet walk, then a fifth off within an hour, then a slow recovery. */
function crashing(): string {
  const from = chance(7)
  let [ether, bitcoin] = [2_500, 60_000]
  const rows = Array.from({ length: MINUTES }, (_, minute) => {
    const drift = minute < CRASH ? 0 : minute < CRASH + 60 ? -0.0038 : 0.0002
    const common = from.normal()
    ether *= Math.exp(drift + 0.0006 * (0.8 * common + 0.6 * from.normal()))
    bitcoin *= Math.exp(0.7 * drift + 0.0004 * common)
    return `${FROM + minute * 60_000},${ether.toFixed(2)},${bitcoin.toFixed(2)}`
  })
  return ['timestamp_ms,ETH_USD,BTC_USD', ...rows].join('\n')
}

let folder = ''
let file = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-backtest-'))
  file = join(folder, 'crash.csv.gz')
  writeFileSync(file, gzipSync(crashing()))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const play = (jobs: number, seeds: number, use = 'gap-aware'): Promise<readonly Played[]> => {
  const terms = { ...termsOf(bookFile.parse({ accounts: 30 })), warmUp: 14, patience: 4 }
  const lineup = [{ use, params: {} }]
  return playAll({
    plan: { grounds: [{ kind: 'prices', file }], gap: 3_600_000, rounds: {}, terms, named: true },
    lineups: [lineup],
    tasks: Array.from({ length: seeds }, (_, i) => ({ ground: 0, seed: i + 1, lineup: 0 })),
    jobs,
    signal: new AbortController().signal,
    onPlayed: () => {},
  })
}

describe('a backtest', () => {
  test('decides the same on one thread, on two and on eight', async () => {
    const runs = [await play(1, 2), await play(2, 2), await play(8, 2)]
    const hashes = runs.map((one) => summarise(one).decisionsHash)
    expect(new Set(hashes).size).toBe(1)
    expect(new Set(runs[0]?.map(({ decisionsHash }) => decisionsHash)).size).toBe(2)
  })

  test('keeps books whose causes add up, of liquidations that the crash brought', async () => {
    const summary = summarise(await play(1, 1))
    const { total, ...causes } = summary.parts
    expect(Object.values(causes).reduce((sum, one) => sum + one, 0)).toBeCloseTo(total, 6)
    expect(summary.pnl.total).toBeCloseTo(total - summary.overhead, 6)
    expect(summary.liquidations).toBeGreaterThan(5)
    expect(summary.takenBy['tested']).toBe(summary.liquidations)
    expect(summary.submitted).toBeGreaterThanOrEqual(summary.liquidations)
  })

  test('tells strategies apart in the same worlds', async () => {
    const [rash, patient] = [summarise(await play(1, 1, 'first-come')), summarise(await play(1, 1, 'patient'))]
    expect(rash.decisionsHash).not.toBe(patient.decisionsHash)
  })
})

describe('lienmesh backtest', () => {
  const words = (...more: readonly string[]) => [
    'backtest',
    'gap-aware',
    '--prices',
    file,
    '--warm-up',
    '14h',
    '--seeds',
    '1',
    ...more,
  ]

  test('ends with one summary for machines, and draws one page for people', async () => {
    const page = join(folder, 'reports', 'gap-aware.html')
    const { status, out, err } = await lienmesh(words('--json', '--report', page))
    expect([status, err.split('\n').filter((line) => line.startsWith('✖'))]).toEqual([0, []])
    const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '')
    expect(summary).toMatchObject({
      type: 'summary',
      strategy: 'gap-aware',
      seeds: 1,
      decisionsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(summary.exceedances99).toEqual({ observed: expect.any(Number), expected: expect.any(Number) })
    const html = readFileSync(page, 'utf8')
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(6)
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })

  test.each([
    [{ '--prices': '/nowhere.csv' }, 4, 'E_PRICE_FILE /nowhere.csv cannot be read'],
    [{ '--strategy': 'nobody' }, 4, 'E_STRATEGY_UNKNOWN no strategy "nobody"'],
    [{ '--params': '{"minNet":"-1"}' }, 4, 'E_STRATEGY_PARAMS'],
    [{ '--params': 'minNet=1' }, 2, 'expected an object in JSON, found minNet=1'],
    [{ '--competitors': 'rival*9' }, 2, 'expected at most 3 rivals and 20 in all, found 9 and 9'],
    [{ '--warm-up': '40h' }, 4, 'expected at least 49 hours, found 24.0'],
    [{ '--oracle.deviation': 'half' }, 2, 'oracle.deviation'],
  ])('refuses %j in one message', async (wrong, exit, message) => {
    const flags = { '--strategy': 'gap-aware', '--prices': file, '--seeds': '1', '--warm-up': '14h', ...wrong }
    const { status, err } = await lienmesh(['backtest', ...Object.entries(flags).flat()])
    expect([status, err]).toEqual([exit, expect.stringContaining(message)])
    expect(err).not.toContain('    at ')
  })
})
