// Do the learned laws hold in crash weeks? Every week is judged with a prior that was fitted on the other weeks.
// node test/bench/risk-replay.ts [--json] [--stride MINUTES] [--week NAME] [--refit]
// Prices come from the directory that LIENMESH_DATA names; --refit fits the priors again (minutes of work).
import { parseArgs } from 'node:util'
import type { Shapes } from '../../agent/maths/learning/price-terms.ts'
import { fitTrails, minuteTerms, trailOf } from '../support/replay/fit-weeks.ts'
import { type Cell, cellsOf, type Score, scoresOf, type WeekLine, weekLines } from '../support/replay/judge.ts'
import { keepShapes, shapesWithout } from '../support/replay/left-out.ts'
import { replayRoutes } from '../support/replay/routes.ts'
import { type Quoted, walkSeries } from '../support/replay/walk-week.ts'
import { dataDirectory, readWeek, weekNames } from '../support/replay/weeks.ts'

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    refit: { type: 'boolean', default: false },
    stride: { type: 'string', default: '5' },
    week: { type: 'string' },
  },
})
const directory = dataDirectory()
if (directory === undefined) throw new RangeError('expected LIENMESH_DATA to name the directory of price weeks')
const weeks = weekNames(directory).filter((week) => flags.week === undefined || week === flags.week)
if (flags.refit) refit(weekNames(directory))
const quotes = weeks.flatMap((week) => replayed(week, Number(flags.stride)))
const [cells, scores, lines] = [cellsOf(quotes), scoresOf(quotes), weekLines(quotes)]
process.stdout.write(flags.json ? `${JSON.stringify({ cells, scores, weeks: lines }, null, 2)}\n` : report())

function refit(all: readonly string[]): void {
  const trails = all.flatMap((week) => readWeek(directory ?? '', week)).map(trailOf)
  const fitted = [...all, 'none'].map((week): readonly [string, Shapes] => {
    progress(`fitting without ${week}`)
    return [week, fitTrails(trails.filter(({ series }) => series.week !== week))]
  })
  keepShapes(Object.fromEntries(fitted))
}

function replayed(week: string, stride: number): readonly Quoted[] {
  progress(`replaying ${week}`)
  const terms = minuteTerms(shapesWithout(week))
  const routes = replayRoutes(directory ?? '')
  return readWeek(directory ?? '', week).flatMap((series, i) =>
    walkSeries(series, { terms, routes, stride, first: 60, seed: 1 + i }),
  )
}

function report(): string {
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
    ...lines.map(weekLine),
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
