// lienmesh sweep: many parameters on the same worlds. What is best is judged by worlds that did not choose it.
import { z } from 'zod'
import { EXIT, usageError } from '../domain/errors.ts'
import { signed } from '../kit/backtest/lines.ts'
import { openGrounds } from '../kit/backtest/player.ts'
import { playAll } from '../kit/backtest/pool.ts'
import { hashOf, type Spread, spreadOf } from '../kit/backtest/summary.ts'
import { type Axes, foldsOf, pointsOf, seedDispersion, type Walked, walk } from '../kit/backtest/sweep.ts'
import type { Played } from '../simulator/backtest/run.ts'
import { command } from './command.ts'
import { grounds, inWords, paramsOf, planOf, tasksOf, tellLeftOut } from './grounds.ts'

const options = z.strictObject({
  strategy: z.string().describe('The strategy: a built-in name or a file.'),
  param: z.string().describe('What to try: name=a|b|c or name=from..to:steps; several with semicolons between them.'),
  params: z.string().optional().describe('The other parameters as JSON.'),
  ...grounds,
})

/** Plays every combination in every world; chooses on what came before, and judges on what came after. */
export const sweep = command({
  options,
  positionals: ['strategy'],
  examples: [
    "lienmesh sweep patient --param 'lead=0..200:5' --prices a.csv,b.csv,c.csv --seeds 5",
    "lienmesh sweep gap-aware --param 'minNet=0|10000000000000000000;patience=5000|10000' --scenario flash-crash --seeds 8",
  ],
  run: async (asked, context) => {
    const started = performance.now()
    const { plan, entrants } = planOf(asked)
    tellLeftOut(plan)
    const points = pointsOf(axesOf(asked.param)).map((point) => ({ ...paramsOf(asked.params), ...point }))
    const lineups = points.map((params) => [{ use: asked.strategy, params }, ...entrants])
    const opened = await openGrounds(plan, lineups)
    const tasks = tasksOf(asked, plan, points.length)
    const { signal } = context
    const onPlayed = (_: Played, __: unknown, done: number): void =>
      void (done % 10 === 0 && process.stderr.write(`${done}/${tasks.length}\n`))
    const runs = await playAll({ plan, lineups, tasks, jobs: asked.jobs, signal, onPlayed })
    const at = new Map(tasks.map(({ ground, seed, lineup }, i) => [`${lineup} ${ground} ${seed}`, runs[i]]))
    const seeds = Array.from({ length: asked.seeds }, (_, i) => asked.seed + i)
    const folds = foldsOf(opened, seeds)
    const walked = walk(folds, points.length, (point, world) => {
      const run = at.get(`${point} ${world.ground} ${world.seed}`)
      return run?.books.pnl ?? Number.NaN
    })
    const rows = points.map((params, point) => {
      const own = runs.filter((_, i) => tasks[i]?.lineup === point)
      return { params, all: spreadOf(own.map(({ books }) => books.pnl)), dispersion: seedDispersion(own) }
    })
    const found = { rows, walked, decisionsHash: hashOf(runs), seconds: (performance.now() - started) / 1_000 }
    const print = context.json ? inJson(found) : inLines(found, inWords(asked, plan))
    for (const line of print) context.print(line)
    return EXIT.ok
  },
})

type Row = { readonly params: Readonly<Record<string, unknown>>; readonly all: Spread; readonly dispersion: number }
type Found = {
  readonly rows: readonly Row[]
  readonly walked: readonly Walked[]
  readonly decisionsHash: string
  readonly seconds: number
}

/** `a=1|2;b=0..1:3` as two axes. Numbers are numbers, everything else is text. */
function axesOf(text: string): Axes {
  const axes = text
    .split(';')
    .filter((one) => one !== '')
    .map((one) => {
      const [, name, values] = /^\s*([A-Za-z][\w.]*)=(.+)$/.exec(one) ?? []
      const found = values === undefined ? [] : valuesOf(values.trim())
      if (name !== undefined && found.length > 0) return [name, found] as const
      throw usageError(
        'E_USAGE',
        `--param: expected name=a|b or name=from..to:steps, found ${one}`,
        "Write --param 'lead=0..200:5'.",
      )
    })
  const points = axes.reduce((count, [, values]) => count * values.length, 1)
  if (axes.length === 0 || points > MOST)
    throw usageError(
      'E_USAGE',
      `--param: expected 1 to ${MOST} combinations, found ${axes.length && points}`,
      'Try fewer.',
    )
  return axes
}

const MOST = 500

function valuesOf(text: string): readonly unknown[] {
  const [, from, to, steps] = /^(-?[\d.]+)\.\.(-?[\d.]+):(\d+)$/.exec(text) ?? []
  if (from === undefined || to === undefined || steps === undefined) return text.split('|').map(readValue)
  const [low, high, count] = [Number(from), Number(to), Number(steps)]
  if (![low, high].every(Number.isFinite) || count < 2) return []
  return Array.from({ length: count }, (_, i) => Number((low + ((high - low) * i) / (count - 1)).toPrecision(12)))
}

/** Integers beyond what a number holds stay text: schemas read them as they are written. */
const readValue = (text: string): unknown =>
  text.trim() !== '' && Number.isFinite(Number(text)) && String(Number(text)) === text.trim()
    ? Number(text)
    : text.trim()

const saidOf = (params: Row['params']): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')

const plusMinus = ({ error }: Spread): string => (Number.isFinite(error) ? ` ± ${Math.round(error)}` : '')

function* inLines({ rows, walked, decisionsHash, seconds }: Found, tests: string): Generator<string> {
  yield `A simulation of ${tests}, ${rows.length} combinations`
  yield ''
  yield* columns('every world', [
    ['mean a run', 'worst tenth', 'seeds apart'],
    ...rows.map(({ params, all, dispersion }) => [
      saidOf(params),
      `${signed(all.mean)}${plusMinus(all)}`,
      signed(all.decile),
      Number.isFinite(dispersion) ? `$${Math.round(dispersion)}` : '-',
    ]),
  ])
  yield ''
  if (walked.length === 0) yield 'nothing out of sample: give more seeds or more files'
  else
    yield* columns('walk-forward', [
      ['chosen', 'in sample', 'out of sample'],
      ...walked.flatMap(({ fold, point, inSample, outOfSample }) => [
        [fold, `${point + 1}`, signed(inSample.mean), `${signed(outOfSample.mean)}${plusMinus(outOfSample)}`],
      ]),
    ])
  const out = spreadOf(walked.flatMap(({ outOfSample }) => outOfSample.all))
  const inside = spreadOf(walked.flatMap(({ inSample }) => inSample.all))
  if (walked.length > 0)
    yield `${signed(out.mean)} a run${plusMinus(out)} out of sample, ${signed(inside.mean)} where it was chosen`
  yield `decisions ${decisionsHash}`
  yield `${seconds.toFixed(1)} s`
}

/** Numbered rows under a head, within 80 columns: a name that is too long stands on a line of its own. */
function* columns(name: string, [head = [], ...rows]: readonly (readonly string[])[]): Generator<string> {
  const cells = (all: readonly string[]): string => all.map((cell) => cell.padStart(CELL)).join('')
  yield `${name.padEnd(NAME)}${cells(head)}`
  for (const [i, [text = '', ...figures]] of rows.entries()) {
    const numbered = `${String(i + 1).padStart(3)}  ${text}`
    if (numbered.length <= NAME) yield `${numbered.padEnd(NAME)}${cells(figures)}`
    else yield* [numbered, `${''.padEnd(NAME)}${cells(figures)}`]
  }
}

const [NAME, CELL] = [32, 16]

function* inJson({ rows, walked, decisionsHash, seconds }: Found): Generator<string> {
  const figures = ({ mean, error, decile }: Spread) => ({ mean, error: Number.isFinite(error) ? error : null, decile })
  for (const { params, all, dispersion } of rows)
    yield JSON.stringify({
      type: 'point',
      params,
      ...figures(all),
      seedDispersion: Number.isFinite(dispersion) ? dispersion : null,
    })
  for (const { fold, point, inSample, outOfSample } of walked)
    yield JSON.stringify({
      type: 'fold',
      fold,
      params: rows[point]?.params,
      inSample: figures(inSample),
      outOfSample: figures(outOfSample),
    })
  const out = spreadOf(walked.flatMap(({ outOfSample }) => outOfSample.all))
  yield JSON.stringify({
    type: 'summary',
    points: rows.length,
    outOfSample: figures(out),
    decisionsHash,
    wallSeconds: Number(seconds.toFixed(3)),
  })
}
