// The default strategy against first-come on the crash weeks, at equal capital:
// LIENMESH_DATA=DIR node test/bench/crash-weeks.ts [seeds] [FILE] [RUNS]. Goes on where FILE (NDJSON) ends, for so many runs at
// most; the table is in Markdown.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { termsOf } from '../../agent/kit/backtest/plan.ts'
import { openPlayer } from '../../agent/kit/backtest/player.ts'
import { spreadOf } from '../../agent/kit/backtest/summary.ts'
import { kupiec } from '../../agent/maths/risk/backtest.ts'
import { clusteredCoverage } from '../../agent/maths/risk/clustered.ts'
import { bookFile } from '../../config/book.ts'

const WEEKS = [
  ...['2020-03-12', '2021-02-22', '2022-01-21', '2022-05-11'],
  ...['2022-11-08', '2023-08-17', '2024-08-05', '2025-02-03'],
]
const STRATEGIES = ['gap-aware', 'first-come'] as const
const LEVEL = 0.975

type Line = {
  readonly week: string
  readonly strategy: string
  readonly seed: number
  readonly pnl: number
  readonly won: number
  readonly gaps: number
  readonly beyond: number
  readonly hash: string
}

const [seeds = '2', file = 'crash-weeks.ndjson', most = 'Infinity'] = process.argv.slice(2)
const folder = process.env['LIENMESH_DATA']
if (folder === undefined) throw new Error('LIENMESH_DATA names no directory with prices/')
const lines: Line[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  : []

const lineups = STRATEGIES.map((use) => [{ use, params: {} }])
const plan = {
  grounds: WEEKS.map((week) => ({ kind: 'prices' as const, file: join(folder, 'prices', `${week}.csv.gz`) })),
  gap: 3_600_000,
  rounds: {},
  terms: termsOf(bookFile.parse({})),
  named: true,
}
const play = await openPlayer(plan, lineups)
let left = Number(most)
for (let seed = 1; seed <= Number(seeds); seed++)
  for (const [ground, week] of WEEKS.entries())
    for (const [lineup, strategy] of STRATEGIES.entries()) {
      if (lines.some((one) => one.week === week && one.strategy === strategy && one.seed === seed)) continue
      if (left-- <= 0) continue
      const { books, decisionsHash } = await play({ ground, seed, lineup })
      const taken = books.judged.filter((one) => one.taken)
      const beyond = taken.filter(({ x, quantiles }) => x < (quantiles[LEVEL] ?? Number.NaN)).length
      const counts = { pnl: books.pnl, won: books.liquidations, gaps: taken.length, beyond, hash: decisionsHash }
      const line: Line = { week, strategy, seed, ...counts }
      lines.push(line)
      appendFileSync(file, `${JSON.stringify(line)}\n`)
    }

/** Worlds that both have played. */
const paired = lines.filter((one) =>
  lines.some((other) => other.week === one.week && other.seed === one.seed && other.strategy !== one.strategy),
)

/** One row of the table: P&L of both, and the tail of the first. */
function row(name: string, of: (one: Line) => boolean): string {
  const [ours, theirs] = STRATEGIES.map((strategy) => paired.filter((one) => one.strategy === strategy && of(one)))
  const [a, b] = [ours ?? [], theirs ?? []].map((all) => spreadOf(all.map(({ pnl }) => pnl)))
  const gaps = (ours ?? []).reduce((sum, one) => sum + one.gaps, 0)
  const beyond = (ours ?? []).reduce((sum, one) => sum + one.beyond, 0)
  const p = gaps === 0 ? Number.NaN : kupiec(gaps, beyond, 1 - LEVEL).pValue
  const figures = [a?.mean, b?.mean, a?.decile, b?.decile].map((value) =>
    Math.round(value ?? 0).toLocaleString('en-US'),
  )
  const tail = `${beyond} of ${gaps} (${(gaps * (1 - LEVEL)).toFixed(1)}) | ${p.toFixed(3)}`
  return `| ${name} | ${figures.join(' | ')} | ${tail} |`
}

const ours = paired.filter(({ strategy }) => strategy === STRATEGIES[0])
const clustered = clusteredCoverage(
  ours.map(({ gaps, beyond }) => ({ forecasts: gaps, breaches: beyond })),
  1 - LEVEL,
)
const out = [
  `| week | mean, ${STRATEGIES[0]} | mean, ${STRATEGIES[1]} | worst tenth, ${STRATEGIES[0]} | worst tenth, ${STRATEGIES[1]} | beyond 97.5 % (expected) | Kupiec p |`,
  '|---|---|---|---|---|---|---|',
  ...WEEKS.filter((week) => paired.some((one) => one.week === week)).map((week) =>
    row(week, (one) => one.week === week),
  ),
  row('all', () => true),
  '',
  `${ours.length} runs each; with runs as the only independent things p ${clustered.pValue.toFixed(3)}`,
]
process.stdout.write(`${out.join('\n')}\n`)
