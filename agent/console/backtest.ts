// A backtest as one file: no script, no network, light or dark as the reader's machine is.
import { barChart } from './picture/chart.ts'
import { type Curve, counts, curves, dollars, figure, pit, SHOWN, scaleOf, waterfall } from './picture/figures.ts'
import { PAGE } from './picture/page.ts'
import { type Row, rowChart } from './picture/rows.ts'
import { escaped, STYLE } from './picture/svg.ts'

/** What the page shows. Figures are worked out already. */
export type BacktestPage = {
  readonly title: string
  readonly command: string
  readonly lines: readonly string[]
  /** Curves of single runs by name: modelled minutes and dollars. */
  readonly equity: readonly Curve[]
  readonly exposure: readonly Curve[]
  /** Modelled hours that were played. */
  readonly hours: number
  /** Most outlay that may be in flight. */
  readonly exposureLimit: number
  readonly waterfall: readonly (readonly [string, number])[]
  readonly skipped: readonly (readonly [string, number])[]
  /** Slices that we and one other took, and bids of ours that it was first with. */
  readonly races: readonly Race[]
  readonly pit: readonly number[]
  readonly coverage: readonly Coverage[]
  /** P&L of every run, of the strategy and of the one it is compared with; the mean difference and its error. */
  readonly runs: readonly { readonly name: string; readonly tested: number; readonly baseline: number }[]
  readonly difference: { readonly mean: number; readonly error: number; readonly clear: boolean }
  readonly names: { readonly tested: string; readonly baseline: string }
  readonly modelled: readonly string[]
}

type Race = { readonly name: string; readonly ours: number; readonly theirs: number; readonly lost: number }

type Coverage = {
  readonly level: number
  readonly observed: number
  readonly expected: number
  readonly forecasts: number
  readonly kupiecP: number | undefined
  readonly clusteredP: number | undefined
}

/** The whole document. */
export function backtestPage(page: BacktestPage): string {
  const { title, lines, command, names } = page
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><style>${PAGE}pre{overflow-x:auto;font-size:12.5px}${STYLE}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
<p class="soft">A simulation: nothing here was traded. <code>${escaped(command)}</code></p>
<pre>${escaped(lines.join('\n'))}</pre>
${figure('Equity', curves('Settled P&L', page.equity, page.hours), FEW(page.equity.length))}
${figure('Where it came from', waterfall(page.waterfall), 'The causes, one after the other, add up to the net P&L of all runs.')}
${figure('Exposure', curves('Paid and not yet received', page.exposure, page.hours, page.exposureLimit), `Outlay in flight over time. The agent allows itself ${dollars(page.exposureLimit)}.`)}
${figure('Calibration', pit(page.pit), 'Where outcomes fell in their forecast. A model that holds fills every tenth alike (dashed); a high bar on the left is a tail that was too thin.', coverage(page.coverage))}
${figure('Runs', runs(page), `Net P&L of every run, ${escaped(names.tested)} beside ${escaped(names.baseline)} in the same world.`, compared(page))}
${figure('Against each competitor', races(page.races), 'Of the slices that either of the two took, the share that we took; behind it, bids of ours that the other was first with.')}
${figure('What was left', counts('Candidates left, by reason', page.skipped), 'The last reason given for each candidate that nobody took.')}
<section><h2>What was modelled, and what was not</h2><ul>${page.modelled.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul></section>
</main></body></html>
`
}

const FEW = (runs: number): string =>
  `Each line is one run${runs > SHOWN ? `, the first ${SHOWN} of ${runs}` : ''}; time since the market opened.`

function races(all: readonly Race[]): string | undefined {
  if (all.length === 0) return undefined
  const rows = all.map(({ name, ours, theirs, lost }): Row => {
    const share = ours + theirs === 0 ? 0 : (100 * ours) / (ours + theirs)
    const text = `${share.toFixed(0)} % (${ours}:${theirs})${lost === 0 ? '' : `, ${lost} lost`}`
    return { name, from: 0, to: share, tone: 'one', text }
  })
  return rowChart({ title: 'Share of slices against each', about: 'Share of slices against each competitor' }, rows)
}

function coverage(levels: readonly Coverage[]): string {
  const p = (value: number | undefined): string => (value === undefined ? 'not judged' : value.toFixed(3))
  const rows = levels.map(
    ({ level: at, observed, expected, forecasts, kupiecP, clusteredP }) =>
      `<tr><td>${100 * at} %</td><td>${forecasts}</td><td>${observed}</td><td>${expected.toFixed(1)}</td><td>${p(kupiecP)}</td><td>${p(clusteredP)}</td></tr>`,
  )
  return `<div class="scroll"><table><tr><th>level</th><th>gaps</th><th>beyond</th><th>expected</th><th>Kupiec p</th><th>p over runs</th></tr>${rows.join('')}</table></div>
<p class="soft">Kupiec's test takes every gap as independent; gaps of one crash are not. The last column takes only runs as independent.</p>`
}

function runs({ runs: all, names }: BacktestPage): string | undefined {
  if (all.length === 0) return undefined
  const groups = all.map(({ name, tested, baseline }) => ({ name, values: [tested, baseline] }))
  const up = scaleOf(
    groups.flatMap(({ values }) => values),
    '',
  )
  const series = [
    { name: names.tested, tone: 'one' as const },
    { name: names.baseline, tone: 'four' as const },
  ]
  return barChart({ title: 'Net P&L', about: 'Net P&L of every run' }, { up, label: '', groups, series, rules: [0] })
}

function compared({ difference: { mean, error, clear }, names }: BacktestPage): string {
  const spread = Number.isFinite(error) ? ` ± ${Math.round(error).toLocaleString('en-US')}` : ''
  const judged = clear ? '' : Number.isFinite(error) ? ', which is not significant' : ', from a single run'
  return `<p>${escaped(names.tested)} against ${escaped(names.baseline)}: ${dollars(mean)}${spread} a run${judged}.</p>`
}
