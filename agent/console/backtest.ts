// A backtest as one file: no script, no network, light or dark as the reader's machine is.
import type { Point } from '../simulator/backtest/books.ts'
import { barChart, evenTicks, lineChart, type Scale } from './picture/chart.ts'
import { PAGE } from './picture/page.ts'
import { escaped, STYLE, type Tone } from './picture/svg.ts'

/** What the page shows. Figures are worked out already. */
export type BacktestPage = {
  readonly title: string
  readonly command: string
  readonly lines: readonly string[]
  /** Curves of single runs by name: modelled minutes and dollars. */
  readonly equity: readonly Curve[]
  readonly exposure: readonly Curve[]
  readonly waterfall: readonly (readonly [string, number])[]
  readonly skipped: readonly (readonly [string, number])[]
  readonly rivals: readonly (readonly [string, number])[]
  readonly pit: readonly number[]
  /** P&L of every run, of the strategy and of the one it is compared with. */
  readonly runs: readonly { readonly name: string; readonly tested: number; readonly baseline: number }[]
  readonly names: { readonly tested: string; readonly baseline: string }
  readonly modelled: readonly string[]
}

export type Curve = { readonly name: string; readonly points: readonly Point[] }

/** The whole document. */
export function backtestPage(page: BacktestPage): string {
  const { title, lines, command, names } = page
  const dollars = (value: number): string =>
    `${value < 0 ? '−' : ''}$${Math.abs(Math.round(value)).toLocaleString('en-US')}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><style>${PAGE}pre{overflow-x:auto;font-size:13px}${STYLE}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
<p class="soft">A simulation: nothing here was traded. <code>${escaped(command)}</code></p>
<pre>${escaped(lines.join('\n'))}</pre>
${figure('Equity', curves('Settled P&L', page.equity, dollars), 'Each line is one run; hours since the market opened.')}
${figure('Where it came from', bars('P&L by cause', page.waterfall, dollars), 'The causes add up to the net P&L of all runs.')}
${figure('Exposure', curves('Paid and not yet received', page.exposure, dollars), 'Outlay in flight over time.')}
${figure('Calibration', pit(page.pit), 'Where outcomes fell in their forecast. A model that holds fills every tenth alike; a high bar on the left is a tail that was too thin.')}
${figure('Runs', runs(page, dollars), `Net P&L of every run, ${escaped(names.tested)} beside ${escaped(names.baseline)} in the same world.`)}
${figure('What was left', bars('Candidates left, by reason', page.skipped, String), 'The last reason given for each candidate that nobody took.')}
${figure('Who took it', bars('Slices taken', page.rivals, String), 'Slices by taker, over all runs.')}
<section><h2>What was modelled, and what was not</h2><ul>${page.modelled.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul></section>
</main></body></html>
`
}

const figure = (title: string, drawn: string | undefined, about: string): string =>
  `<section><h2>${escaped(title)}</h2>${drawn === undefined ? '<p class="soft">Nothing to draw.</p>' : `<figure>${drawn}<figcaption>${about}</figcaption></figure>`}</section>`

const TONES: readonly Tone[] = ['one', 'two', 'three', 'four', 'muted']
type Show = (value: number) => string

function curves(title: string, all: readonly Curve[], show: Show): string | undefined {
  const points = all.flatMap((one) => one.points)
  if (points.length < 2) return undefined
  const hours = Math.max(...points.map(([minutes]) => minutes / 60), 1)
  const across = {
    from: 0,
    to: hours,
    ticks: evenTicks(hours),
    label: 'hours',
    show: (value: number) => String(Math.round(value)),
  }
  const lines = all.slice(0, TONES.length).map(({ name, points: of }, i) => ({
    name,
    tone: TONES[i] ?? 'muted',
    points: stairs(of).map(([minutes, value]) => [minutes / 60, value] as const),
  }))
  return lineChart(
    { title, about: title },
    {
      across,
      up: scaleOf(
        points.map(([, value]) => value),
        '',
        show,
      ),
      lines,
    },
  )
}

/** A value holds until the next one: no slope between two of them. */
const stairs = (points: readonly Point[]): readonly Point[] =>
  points.flatMap((point, i): readonly Point[] => {
    const before = points[i - 1]
    return before === undefined ? [point] : [[point[0], before[1]], point]
  })

function bars(title: string, values: readonly (readonly [string, number])[], show: Show): string | undefined {
  if (values.length === 0) return undefined
  const groups = values.map(([name, value]) => ({ name, values: [value] }))
  return barChart(
    { title, about: title },
    {
      up: scaleOf(
        values.map(([, value]) => value),
        '',
        show,
      ),
      label: '',
      groups,
      series: [{ name: '', tone: 'one' }],
      rules: [0],
    },
  )
}

function pit(bins: readonly number[]): string | undefined {
  const total = bins.reduce((sum, one) => sum + one, 0)
  if (total === 0) return undefined
  const groups = bins.map((count, i) => ({ name: (i / 10).toFixed(1), values: [count] }))
  const up = scaleOf(bins, 'gaps', String)
  return barChart(
    { title: 'Probability integral transform', about: 'Histogram of ten tenths' },
    { up, label: 'tenth of the forecast', groups, series: [{ name: '', tone: 'two' }], rules: [total / 10] },
  )
}

function runs({ runs: all, names }: BacktestPage, show: Show): string | undefined {
  if (all.length === 0) return undefined
  const groups = all.map(({ name, tested, baseline }) => ({ name, values: [tested, baseline] }))
  const up = scaleOf(
    groups.flatMap(({ values }) => values),
    '',
    show,
  )
  const series = [
    { name: names.tested, tone: 'one' as const },
    { name: names.baseline, tone: 'muted' as const },
  ]
  return barChart({ title: 'Net P&L', about: 'Net P&L of every run' }, { up, label: '', groups, series, rules: [0] })
}

/** From the least to the most, zero among them. */
function scaleOf(values: readonly number[], label: string, show: Show): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const size = Math.max(high - low, 1)
  const step = evenTicks(size)[1] ?? size
  const first = Math.floor(low / step)
  const ticks = Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, i) => (first + i) * step)
  return { from: ticks[0] ?? low, to: ticks.at(-1) ?? high, ticks, label, show }
}
