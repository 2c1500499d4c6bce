// The figures that reports share: each is one picture below its title, or says that there is nothing to draw.
import type { Point } from '../../simulator/backtest/books.ts'
import { barChart, evenTicks, lineChart, type Scale } from './chart.ts'
import { type Row, rowChart } from './rows.ts'
import { escaped, type Tone } from './svg.ts'

/** A line by its name: modelled minutes and dollars. */
export type Curve = { readonly name: string; readonly points: readonly Point[] }

/** A section with its title, its picture and what it shows. */
export const figure = (title: string, drawn: string | undefined, about: string, more = ''): string =>
  `<section><h2>${escaped(title)}</h2>${drawn === undefined ? '<p class="soft">Nothing to draw.</p>' : `<figure>${drawn}<figcaption>${about}</figcaption></figure>${more}`}</section>`

const TONES: readonly Tone[] = ['one', 'two', 'three', 'four', 'muted']
/** How many lines a picture tells apart. */
export const SHOWN = TONES.length

/** Whole dollars, with thousands apart. */
export const dollars = (value: number): string =>
  `${value < 0 ? '−' : ''}$${Math.abs(Math.round(value)).toLocaleString('en-US')}`

/** Short enough for an axis. */
const roundly = (value: number): string =>
  `${value < 0 ? '−' : ''}$${Math.abs(value).toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 2 })}`

/** Lines over time, a limit beside them when it is near. */
export function curves(title: string, all: readonly Curve[], hours: number, limit = 0): string | undefined {
  const shown = all.slice(0, SHOWN)
  const points = shown.flatMap((one) => one.points)
  if (points.length < 2) return undefined
  // A market of a few hours is told in minutes.
  const [label, unit] = hours > SHORT ? (['hours', 60] as const) : (['minutes', 1] as const)
  const to = (hours * 60) / unit
  const across = {
    from: 0,
    to,
    ticks: evenTicks(to),
    label,
    show: (value: number) => String(Math.round(10 * value) / 10),
  }
  const heights = points.map(([, value]) => value)
  const seen = limit > 0 && limit <= NEAR * Math.max(...heights)
  const lines = shown.map(({ name, points: of }, i) => ({
    name,
    tone: TONES[i] ?? 'muted',
    points: stairs(of, hours * 60).map(([minutes, value]) => [minutes / unit, value] as const),
  }))
  const bound = seen ? [{ name: `limit ${dollars(limit)}`, tone: 'rule' as const, points: level(limit, to) }] : []
  const up = scaleOf([...heights, ...(seen ? [limit] : [])], '')
  return lineChart({ title, about: title }, { across, up, lines: [...lines, ...bound] })
}

/** Hours up to which an axis counts minutes; and how many times the largest value a limit may be to stand beside it. */
const [SHORT, NEAR] = [4, 5]

const level = (value: number, to: number): readonly Point[] => [
  [0, value],
  [to, value],
]

/** A value holds until the next one, and the last until the end: no slope between two of them. */
const stairs = (points: readonly Point[], end: number): readonly Point[] =>
  [...points, ...points.slice(-1).map(([, value]): Point => [end, value])].flatMap(
    (point, i, all): readonly Point[] => {
      const before = all[i - 1]
      return before === undefined ? [point] : [[point[0], before[1]], point]
    },
  )

/** Each cause from where the ones before it ended. */
export function waterfall(causes: readonly (readonly [string, number])[]): string {
  let sum = 0
  const rows = causes.map(([name, value]): Row => {
    const from = sum
    sum += value
    return { name, from, to: sum, tone: value < 0 ? 'bad' : 'good', text: dollars(value) }
  })
  const total: Row = { name: 'net P&L', from: 0, to: sum, tone: 'one', text: dollars(sum) }
  return rowChart({ title: 'P&L by cause', about: 'P&L by cause' }, [...rows, total])
}

/** Counts by name, one bar each. */
export function counts(title: string, values: readonly (readonly [string, number])[]): string | undefined {
  if (values.length === 0) return undefined
  const rows = values.map(([name, value]): Row => ({ name, from: 0, to: value, tone: 'one', text: String(value) }))
  return rowChart({ title, about: title }, rows)
}

/** Where outcomes fell in their forecasts, by tenths. */
export function pit(bins: readonly number[]): string | undefined {
  const total = bins.reduce((sum, one) => sum + one, 0)
  if (total === 0) return undefined
  const groups = bins.map((count, i) => ({ name: `${10 * i} %`, values: [count] }))
  return barChart(
    { title: 'Probability integral transform', about: 'Histogram of ten tenths', height: 260 },
    {
      up: scaleOf([...bins, FEWEST], 'gaps', String),
      label: 'tenths of the forecast, the worst outcomes left',
      groups,
      series: [{ name: '', tone: 'two' }],
      rules: [total / 10],
    },
  )
}

/** Counts have no halves: an axis of them goes at least so far. */
const FEWEST = 5

/** From the least to the most, zero among them. */
export function scaleOf(values: readonly number[], label: string, show: (value: number) => string = roundly): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const size = Math.max(high - low, 1)
  const step = evenTicks(size)[1] ?? size
  const first = Math.floor(low / step)
  const ticks = Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, i) => (first + i) * step)
  return { from: ticks[0] ?? low, to: ticks.at(-1) ?? high, ticks, label, show }
}
