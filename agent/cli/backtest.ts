// lienmesh backtest: a strategy on prices that were, in a scenario, or in a market that was recorded. A simulation:
// nothing is read from or sent to a chain.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { backtestPage } from '../console/backtest.ts'
import { EXIT } from '../domain/errors.ts'
import { reportLines } from '../kit/backtest/lines.ts'
import { type PageParts, pageOf } from '../kit/backtest/page.ts'
import type { Plan, Spec, Task } from '../kit/backtest/plan.ts'
import { playAll } from '../kit/backtest/pool.ts'
import { against, LEVELS, type Summary, summarise } from '../kit/backtest/summary.ts'
import type { Played } from '../simulator/backtest/run.ts'
import { type Context, command } from './command.ts'
import { grounds, inWords, paramsOf, planOf, tasksOf, tellLeftOut } from './grounds.ts'

const options = z.strictObject({
  strategy: z.string().describe('The strategy to test: a built-in name or a file.'),
  params: z.string().optional().describe('Its parameters as JSON.'),
  ...grounds,
  baseline: z.string().optional().describe('Who takes its seat for comparison.'),
  report: z.string().optional().describe('Also write one HTML file with pictures.'),
})
type Options = z.output<typeof options>

/** Plays every seed on every ground, twice: with the strategy, and with the baseline in its seat. */
export const backtest = command({
  options,
  positionals: ['strategy'],
  examples: [
    'lienmesh backtest gap-aware --prices week.csv.gz --seeds 5',
    'lienmesh backtest ./mine.ts --prices a.csv,b.csv --competitors gap-aware,rival*3 --report mine.html',
    'lienmesh backtest ./mine.ts --scenario flash-crash --seeds 20 --competitors first-come*3,gap-aware*2',
    'lienmesh backtest ./mine.ts --session house-1.session.gz',
  ],
  run: async (asked, context) => {
    const started = performance.now()
    const { plan, entrants } = planOf(asked)
    tellLeftOut(plan)
    const names = namesOf(asked, plan)
    const lineup = [{ use: asked.strategy, params: paramsOf(asked.params) }, ...entrants]
    const lineups = [lineup, [{ use: names.baseline, params: {} }, ...entrants]]
    const tasks = tasksOf(asked, plan, lineups.length)
    const results = await play({ plan, lineups, tasks }, asked, context)
    if (results === undefined) return EXIT.interrupted
    const of = (nth: number): readonly Played[] => results.filter((_, i) => tasks[i]?.lineup === nth)
    const [tested, baseline] = [summarise(of(0)), summarise(of(1))]
    const seconds = (performance.now() - started) / 1_000
    const lines = reportLines(tested, baseline, names)
    if (asked.report !== undefined) writePage(asked.report, { lines, names, tested, baseline, runs: of(0) })
    if (context.json) {
      context.print(JSON.stringify(detailOf(tested, baseline)))
      context.print(JSON.stringify(summaryOf(tested, { asked, seconds })))
      return EXIT.ok
    }
    for (const line of [...lines, `${results.length} runs in ${seconds.toFixed(1)} s`]) context.print(line)
    if (asked.report !== undefined) context.print(`report: ${asked.report}`)
    return EXIT.ok
  },
})

const namesOf = (asked: Options, plan: Plan) => ({
  tested: asked.strategy,
  baseline: asked.baseline ?? (asked.strategy === 'gap-aware' ? 'first-come' : 'gap-aware'),
  tests: inWords(asked, plan),
})

type Work = { readonly plan: Plan; readonly lineups: readonly (readonly Spec[])[]; readonly tasks: readonly Task[] }

async function play(work: Work, asked: Options, { signal }: Context) {
  try {
    return await playAll({
      ...work,
      signal,
      jobs: asked.jobs,
      onPlayed: ({ period, seed, books }, { lineup }, done) => {
        const who = lineup === 0 ? asked.strategy : 'baseline'
        process.stderr.write(
          `${done}/${work.tasks.length} ${period} seed ${seed} ${who}: ${books.liquidations} won, P&L $${books.pnl.toFixed(0)}\n`,
        )
      },
    })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

type Found = { readonly asked: Options; readonly seconds: number }

/** The last line: these fields and no others. */
const summaryOf = (tested: Summary, { asked, seconds }: Found) => ({
  type: 'summary',
  strategy: asked.strategy,
  seeds: asked.seeds,
  decisionsHash: tested.decisionsHash,
  liquidations: tested.liquidations,
  skipped: Object.values(tested.skipped).reduce((sum, one) => sum + one, 0),
  pnl: tested.pnl.total,
  gapPredicted: tested.gapPredicted,
  gapRealised: tested.gapRealised,
  exceedances99: countsOf(tested, LEVELS[1]),
  kupiecP99: tested.exceedances[LEVELS[1]]?.kupiecP ?? null,
  wallSeconds: Number(seconds.toFixed(3)),
})

/** Everything else that is known, on the line before. */
function detailOf(tested: Summary, baseline: Summary) {
  const { mean, error } = against(tested, baseline)
  return {
    type: 'detail',
    runs: tested.runs,
    skipReasons: tested.skipped,
    pnl: { mean: tested.pnl.mean, error: tested.pnl.error, worstDecile: tested.pnl.decile },
    baseline: { mean: baseline.pnl.mean, worstDecile: baseline.pnl.decile, difference: mean, error },
    parts: tested.parts,
    takenBy: tested.takenBy,
    lostTo: tested.lostTo,
    halted: tested.halted,
    exceedances975: countsOf(tested, LEVELS[0]),
    kupiecP975: tested.exceedances[LEVELS[0]]?.kupiecP ?? null,
    clusteredP975: tested.exceedances[LEVELS[0]]?.clustered?.pValue ?? null,
    clusteredP99: tested.exceedances[LEVELS[1]]?.clustered?.pValue ?? null,
    pit: tested.pit,
  }
}

const countsOf = ({ exceedances }: Summary, level: number) => ({
  observed: exceedances[level]?.observed ?? 0,
  expected: exceedances[level]?.expected ?? 0,
})

function writePage(file: string, parts: Omit<PageParts, 'command'>): void {
  const command = `lienmesh backtest ${process.argv.slice(3).join(' ')}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, backtestPage(pageOf({ ...parts, command })))
}
