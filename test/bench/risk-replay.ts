// Do the learned laws hold in crash weeks? Every week is judged with a prior that was fitted on the other weeks.
// node test/bench/risk-replay.ts [--json] [--stride MINUTES] [--week NAME] [--refit]
// Quotes are 11 minutes apart: no minute of the hour is preferred (markets move most in the first minutes of an hour).
// Prices come from the directory that LIENMESH_DATA names; --refit fits the priors again (minutes of work).
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { Shapes } from '../../agent/maths/learning/price-terms.ts'
import { fitTrails, minuteTerms, trailOf } from '../support/replay/fit-weeks.ts'
import { type Cell, cellsOf, type Score, scoresOf, type WeekLine, weekLines } from '../support/replay/judge.ts'
import { keepShapes, shapesWithout } from '../support/replay/left-out.ts'
import { replayRoutes } from '../support/replay/routes.ts'
import { type Quoted, walkSeries } from '../support/replay/walk-week.ts'
import { dataDirectory, readWeek, weekNames } from '../support/replay/weeks.ts'

type Task = { readonly week: string; readonly stride: number }
type Found = { readonly cells: readonly Cell[]; readonly scores: readonly Score[]; readonly weeks: readonly WeekLine[] }

const directory = dataDirectory()
if (directory === undefined) throw new RangeError('expected LIENMESH_DATA to name the directory of price weeks')
if (parentPort === null) await main(directory)
else parentPort.postMessage(replayed(directory, workerData))

async function main(data: string): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      refit: { type: 'boolean', default: false },
      stride: { type: 'string', default: '11' },
      week: { type: 'string' },
    },
  })
  if (flags.refit) refit(data)
  const weeks = weekNames(data).filter((week) => flags.week === undefined || week === flags.week)
  const quotes = (await Promise.all(inTurns(weeks, Number(flags.stride)))).flat()
  quotes.sort((a, b) => a.hour - b.hour)
  const found = { cells: cellsOf(quotes), scores: scoresOf(quotes), weeks: weekLines(quotes) }
  process.stdout.write(flags.json ? `${JSON.stringify(found, null, 2)}\n` : report(found))
}

/** Weeks in as many workers as there are cores, the longest (the calm month, last by name) first. */
function inTurns(weeks: readonly string[], stride: number): Promise<readonly Quoted[]>[] {
  const left = [...weeks]
  const next = async (): Promise<readonly Quoted[]> => {
    const week = left.pop()
    if (week === undefined) return []
    progress(`replaying ${week}`)
    const done = await inWorker({ week, stride })
    return [...done, ...(await next())]
  }
  return Array.from({ length: availableParallelism() }, next)
}

function inWorker(task: Task): Promise<readonly Quoted[]> {
  return new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: task }).once('message', resolve).once('error', reject)
  })
}

function refit(data: string): void {
  const all = weekNames(data)
  const trails = all.flatMap((week) => readWeek(data, week)).map(trailOf)
  const fitted = [...all, 'none'].map((week): readonly [string, Shapes] => {
    progress(`fitting without ${week}`)
    return [week, fitTrails(trails.filter(({ series }) => series.week !== week))]
  })
  keepShapes(Object.fromEntries(fitted))
}

function replayed(data: string, { week, stride }: Task): readonly Quoted[] {
  const walk = { terms: minuteTerms(shapesWithout(week)), routes: replayRoutes(data), stride, first: 60 }
  return readWeek(data, week).flatMap((series, i) => walkSeries(series, { ...walk, seed: 1 + i }))
}

function report({ cells, scores, weeks }: Found): string {
  const judged = cells.filter((cell) => cell.judged)
  const held = judged.filter(({ holds }) => holds)
  return [
    'Exceedances of VaR 99 %: every quote (standard error clustered by hour), and one draw per asset and hour.',
    ...cells.map(cellLine),
    `${held.length} of ${judged.length} judged cells lie between half and twice what was expected.`,
    '',
    'Joint score of VaR and ES (less is better), and standard errors by which the model is ahead.',
    ...scores.map(scoreLine),
    '',
    'Week by week, over all states and routes.',
    ...weeks.map(weekLine),
    '',
  ].join('\n')
}

function cellLine({ state, route, expected, observed, ratio, error, ...cell }: Cell): string {
  const verdict = cell.judged ? (cell.holds ? 'holds' : 'DOES NOT HOLD') : 'not judged'
  const all = `${observed} of ${expected.toFixed(1)} = ${ratio.toFixed(2)} +- ${error.toFixed(2)}`
  const hourly = `${cell.hourlyObserved.toFixed(1)} of ${cell.hourlyExpected.toFixed(1)} = ${cell.hourlyRatio.toFixed(2)}`
  return `${state.padEnd(10)} ${route.padEnd(32)} ${all.padEnd(32)} ${hourly.padEnd(24)} ${verdict}`
}

function scoreLine({ alpha, model, ewma, historical, aheadOfEwma, aheadOfHistorical }: Score): string {
  const means = `model ${model.toFixed(4)}  EWMA-normal ${ewma.toFixed(4)}  filtered history ${historical.toFixed(4)}`
  return `${alpha}  ${means}  ahead by ${aheadOfEwma.toFixed(1)} and ${aheadOfHistorical.toFixed(1)}`
}

function weekLine({ week, ratio, hourlyRatio, scores: found, fails }: WeekLine): string {
  const ahead = found
    .map(
      ({ alpha, aheadOfEwma, aheadOfHistorical }) =>
        `${alpha}: ${aheadOfEwma.toFixed(1)} ${aheadOfHistorical.toFixed(1)}`,
    )
    .join('  ')
  const verdict = fails.length === 0 ? 'holds' : fails.join('; ')
  return `${week.padEnd(14)} ${ratio.toFixed(2)} (hourly ${hourlyRatio.toFixed(2)})  ahead ${ahead.padEnd(30)} ${verdict}`
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}
