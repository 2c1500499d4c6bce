// lienmesh backtest: a strategy on prices that were. A simulation: nothing is read from or sent to a chain.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { bookFile } from '../../config/book.ts'
import { readJson } from '../../config/document.ts'
import { duration, ratio } from '../../config/units.ts'
import { backtestPage } from '../console/backtest.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { byCount, reportLines, waterfall } from '../kit/backtest/lines.ts'
import { type Plan, type Spec, type Task, termsOf } from '../kit/backtest/plan.ts'
import { playAll } from '../kit/backtest/pool.ts'
import { LEVELS, type Summary, summarise } from '../kit/backtest/summary.ts'
import type { Played } from '../simulator/backtest/run.ts'
import { HOUR } from '../simulator/venue.ts'
import { type Context, command, wholeNumber } from './command.ts'

const options = z.strictObject({
  strategy: z.string().describe('The strategy to test: a built-in name or a file.'),
  params: z.string().optional().describe('Its parameters as JSON.'),
  prices: z.string().describe('Price files (CSV, gzipped or not), comma-separated; each is played by itself.'),
  seeds: wholeNumber.pipe(z.int().min(1).max(10_000)).default(3).describe('Worlds per file: books, delays, races.'),
  seed: wholeNumber.default(1).describe('The first seed; the others follow it.'),
  competitors: z
    .string()
    .default('rival*2')
    .describe('Who races: rival (a searcher without a gap model) or strategies.'),
  baseline: z.string().optional().describe('Who takes its seat for comparison.'),
  book: z.string().optional().describe('A YAML file that describes the accounts.'),
  'oracle.deviation': ratio.prefault('0 %').describe('Publishers speak after a move of so much.'),
  'oracle.heartbeat': duration.prefault('1h').describe('Or after so long a silence.'),
  'max-gap': duration.prefault('1h').describe('Longest time without a row that is accepted.'),
  'warm-up': duration.prefault('24h').describe('History before the market opens, to learn from.'),
  jobs: wholeNumber.pipe(z.int().min(1).max(64)).default(2).describe('Threads. The answer does not depend on them.'),
  report: z.string().optional().describe('Also write one HTML file with pictures.'),
})
type Options = z.output<typeof options>

/** Plays every seed on every file, twice: with the strategy, and with the baseline in its seat. */
export const backtest = command({
  options,
  positionals: ['strategy'],
  examples: [
    'lienmesh backtest gap-aware --prices week.csv.gz --seeds 5',
    'lienmesh backtest ./mine.ts --prices a.csv,b.csv --competitors gap-aware,rival*3 --report mine.html',
  ],
  run: async (asked, context) => {
    const started = performance.now()
    const plan = planOf(asked)
    const names = namesOf(asked)
    const lineups = [plan.lineup, [{ use: names.baseline, params: {} }, ...plan.lineup.slice(1)]]
    const tasks = tasksOf(asked, plan)
    const results = await play(plan, lineups, tasks, { asked, context })
    if (results === undefined) return EXIT.interrupted
    const of = (lineup: number): readonly Played[] => results.filter((_, i) => tasks[i]?.lineup === lineup)
    const [tested, baseline] = [summarise(of(0)), summarise(of(1))]
    const seconds = (performance.now() - started) / 1_000
    const lines = reportLines(tested, baseline, names)
    if (asked.report !== undefined) writePage(asked.report, { lines, names, tested, baseline, runs: of(0) })
    if (context.json) context.print(JSON.stringify(summaryOf(tested, baseline, { asked, seconds })))
    else for (const line of [...lines, `${results.length} runs in ${seconds.toFixed(1)} s`]) context.print(line)
    if (asked.report !== undefined && !context.json) context.print(`report: ${asked.report}`)
    return EXIT.ok
  },
})

function planOf(asked: Options): Plan {
  const files = asked.prices.split(',').filter((file) => file !== '')
  const { entrants, rivals } = competitorsOf(asked.competitors)
  const base = termsOf(asked.book === undefined ? bookFile.parse({}) : readJson(asked.book, bookFile))
  const oracle = { deviation: asked['oracle.deviation'] / 10_000, heartbeat: asked['oracle.heartbeat'] }
  return {
    files,
    gap: asked['max-gap'],
    terms: { ...base, warmUp: asked['warm-up'] / HOUR, rivals, oracle },
    lineup: [{ use: asked.strategy, params: paramsOf(asked.params) }, ...entrants],
  }
}

/** `rival*2,gap-aware` is two rivals and one agent. */
function competitorsOf(list: string): { readonly entrants: readonly Spec[]; readonly rivals: number } {
  const all = list
    .split(',')
    .filter((one) => one !== '')
    .flatMap((one) => {
      const [, use, count = '1'] = /^(.+?)(?:\*(\d+))?$/.exec(one) ?? []
      return Array.from({ length: Number(count) }, () => use ?? one)
    })
  const rivals = all.filter((one) => one === 'rival').length
  if (rivals > MOST_RIVALS || all.length > MOST)
    throw usageError(
      'E_USAGE',
      `--competitors: expected at most ${MOST_RIVALS} rivals and ${MOST} in all, found ${rivals} and ${all.length}`,
      'Name fewer.',
    )
  return { rivals, entrants: all.filter((one) => one !== 'rival').map((use) => ({ use, params: {} })) }
}

const MOST_RIVALS = 3
const MOST = 20

function paramsOf(text: string | undefined): Spec['params'] {
  if (text === undefined) return {}
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw usageError(
      'E_USAGE',
      `--params: expected an object in JSON, found ${text}`,
      `Write --params '{"minNet":"0"}'.`,
    )
  }
}

const namesOf = ({ strategy, baseline, seeds, prices }: Options) => {
  const files = prices.split(',').length
  return {
    tested: strategy,
    baseline: baseline ?? (strategy === 'gap-aware' ? 'first-come' : 'gap-aware'),
    tests: `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} on ${files} price ${files === 1 ? 'file' : 'files'}`,
  }
}

const tasksOf = ({ seeds, seed }: Options, { files }: Plan): readonly Task[] =>
  [0, 1].flatMap((lineup) =>
    files.flatMap((_, file) => Array.from({ length: seeds }, (_, i): Task => ({ file, seed: seed + i, lineup }))),
  )

type Asked = { readonly asked: Options; readonly context: Context }

async function play(
  plan: Plan,
  lineups: readonly (readonly Spec[])[],
  tasks: readonly Task[],
  { asked, context }: Asked,
) {
  const { signal } = context
  try {
    return await playAll({
      ...{ plan, lineups, tasks, signal },
      jobs: asked.jobs,
      onPlayed: ({ period, seed, books }, { lineup }, done) => {
        const who = lineup === 0 ? asked.strategy : 'baseline'
        process.stderr.write(
          `${done}/${tasks.length} ${period} seed ${seed} ${who}: ${books.liquidations} won, P&L $${books.pnl.toFixed(0)}\n`,
        )
      },
    })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

type Found = { readonly asked: Options; readonly seconds: number }

const summaryOf = (tested: Summary, baseline: Summary, { asked, seconds }: Found) => ({
  type: 'summary',
  strategy: asked.strategy,
  seeds: asked.seeds,
  runs: tested.runs,
  decisionsHash: tested.decisionsHash,
  liquidations: tested.liquidations,
  skipped: Object.values(tested.skipped).reduce((sum, one) => sum + one, 0),
  skipReasons: tested.skipped,
  pnl: tested.pnl.total,
  pnlMean: tested.pnl.mean,
  pnlWorstDecile: tested.pnl.decile,
  baseline: { mean: baseline.pnl.mean, worstDecile: baseline.pnl.decile },
  parts: tested.parts,
  gapPredicted: tested.gapPredicted,
  gapRealised: tested.gapRealised,
  exceedances975: countsOf(tested, LEVELS[0]),
  exceedances99: countsOf(tested, LEVELS[1]),
  kupiecP975: tested.exceedances[LEVELS[0]]?.kupiecP ?? null,
  kupiecP99: tested.exceedances[LEVELS[1]]?.kupiecP ?? null,
  clusteredP975: tested.exceedances[LEVELS[0]]?.clustered?.pValue ?? null,
  clusteredP99: tested.exceedances[LEVELS[1]]?.clustered?.pValue ?? null,
  wallSeconds: Number(seconds.toFixed(3)),
})

const countsOf = ({ exceedances }: Summary, level: number) => ({
  observed: exceedances[level]?.observed ?? 0,
  expected: exceedances[level]?.expected ?? 0,
})

type Written = {
  readonly lines: readonly string[]
  readonly names: ReturnType<typeof namesOf>
  readonly tested: Summary
  readonly baseline: Summary
  readonly runs: readonly Played[]
}

function writePage(file: string, { lines, names, tested, baseline, runs }: Written): void {
  const nameOf = ({ period, seed }: Played): string => `${period} ${seed}`
  const page = backtestPage({
    title: `Backtest of ${names.tested}`,
    command: `lienmesh backtest ${process.argv.slice(3).join(' ')}`,
    ...{ lines, names },
    equity: runs.map((one) => ({ name: nameOf(one), points: one.books.equity })),
    exposure: runs.map((one) => ({ name: nameOf(one), points: one.books.exposure })),
    waterfall: waterfall(tested.parts, tested.overhead),
    skipped: byCount(tested.skipped),
    rivals: byCount(tested.takenBy),
    pit: tested.pit,
    runs: runs.map((one, i) => ({ name: nameOf(one), tested: one.books.pnl, baseline: baseline.pnl.all[i] ?? 0 })),
    modelled: MODELLED,
  })
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, page)
}

const MODELLED: readonly string[] = [
  'Modelled: prices as they were, read only once they were written; publishers with a deviation and a heartbeat; gossip that is late or lost; blocks that take the best tips first; bids that revert and cost gas; ways home with a stuck mode and stoppages; sales into pools of limited depth; traders who come and go; searchers with measured reaction times.',
  'Not modelled: reorganisations, a base fee, nodes that lie, publishers that lie, funding, options, the effect of these liquidations on the market price.',
  'The accounts are drawn, not recorded: who held what in those weeks is not known.',
]
