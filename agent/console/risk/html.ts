// The risk report as one file: no script, no network, light or dark as the reader's machine is.

import type { Uniformity } from '../../maths/trust/uniformity.ts'
import type { StateCoverage, Verdict } from '../../maths/trust/verdict.ts'
import { barChart, evenTicks } from '../picture/chart.ts'
import { PAGE } from '../picture/page.ts'
import { escaped, STYLE } from '../picture/svg.ts'
import type { Numerics, RiskReport } from './report.ts'
import type { StressPage } from './stress.ts'
import { chanceText, fixed, lightText, percent, ratio } from './wording.ts'

/** The whole document. */
export function reportPage(report: RiskReport): string {
  const { verdict, broken, sources, limits } = report
  const pages = verdict === undefined ? [] : verdictPages(verdict)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Lienmesh risk report</title><style>${PAGE}${STYLE}</style></head>
<body><main>
<h1>Risk report</h1>
<p class="soft">${verdict?.records ?? 0} records from ${sources.length} ${sources.length === 1 ? 'session' : 'sessions'}${broken.length > 0 ? `; ${broken.length} lines could not be read` : ''}</p>
${pages.join('\n')}
${section('What this sample cannot show', `<ul>${limits.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`)}
${numericsPage(report.numerics)}
${stressPageOf(report.stress)}
${
  broken.length > 0
    ? section(
        'Lines that could not be read',
        `<ul>${broken
          .slice(0, 20)
          .map((one) => `<li>${escaped(one)}</li>`)
          .join('')}</ul>`,
      )
    : ''
}
</main></body></html>
`
}

const section = (title: string, body: string): string => `<section><h2>${escaped(title)}</h2>${body}</section>`

function verdictPages(verdict: Verdict): readonly string[] {
  const { price, tail, latency, adequacy, shortfall, comparisons } = verdict
  return [
    summary(verdict),
    section(
      'Was the price law right?',
      `${histogram('Price: where outcomes fell in their forecast', price)}${
        tail === undefined
          ? '<p>No outcome fell into the lowest 5 %.</p>'
          : histogram('The tail alone: outcomes in the lowest 5 %', tail)
      }`,
    ),
    section(
      'Was the latency law right?',
      latency === undefined
        ? '<p>No settlement was lived through; drawn latencies are uniform by construction and say nothing.</p>'
        : histogram('Latency: where settlement times fell in their forecast', latency),
    ),
    section('Losses beyond VaR', coverageTable(verdict.coverage)),
    section(
      'Expected shortfall',
      `<p>Acerbi and Szekely's second statistic: zero is right, far below zero is too low a shortfall. Critical values are those of a Student whose ES stands to VaR as the forecasts' does, for as many independent observations as there are.</p>${table(
        ['level', 'Z₂', '5 %', '1 %', 'realised / forecast'],
        shortfall.map((one) => [
          percent(one.alpha),
          fixed(one.z2, 3),
          one.judged ? fixed(one.critical5, 3) : 'too few',
          one.judged ? fixed(one.critical1, 3) : 'too few',
          one.severity === undefined ? '-' : fixed(one.severity, 2),
        ]),
      )}`,
    ),
    section('Was the premium enough?', adequacyOf(adequacy)),
    section(
      'Against simpler models',
      comparisons.length === 0
        ? '<p>No baseline spoke.</p>'
        : `<p>Joint score of VaR and ES (Fissler and Ziegel, zero-homogeneous); lower is better. t and p are Diebold and Mariano's, clustered by event-hour.</p>${table(
            ['baseline', 'level', 'model', 'baseline', 't', 'p'],
            comparisons.map(({ baseline, alpha, model, other, difference }) => [
              baseline,
              percent(alpha),
              fixed(model, 4),
              fixed(other, 4),
              difference === undefined ? '-' : fixed(difference.t, 2),
              difference === undefined ? '-' : chanceText(difference.pValue),
            ]),
          )}`,
    ),
  ]
}

function summary({ light, taken, records, events, multiplier, driving, alarm, volatility }: Verdict): string {
  return `<p class="verdict ${light}">${escaped(lightText(light))}</p><dl>
<dt>Evidence</dt><dd>${records} quotes, ${taken} taken, in ${events} event-hours</dd>
<dt>Multiplier on tails</dt><dd>${fixed(multiplier, 2)}, driven by ${driving}; between 1 and 3, never below 1 by itself</dd>
<dt>Sequential alarm</dt><dd>capital ${ratio(Math.exp(alarm.now))}, highest ${ratio(Math.exp(alarm.highest))}; 20 refutes "at most 1 % beyond VaR" at 5 %</dd>
<dt>Volatility</dt><dd>(x / forecast)² averages ${fixed(volatility.ratio, 2)} (1 is right); QLIKE ${fixed(volatility.qlike, 3)}</dd></dl>`
}

function histogram(title: string, one: Uniformity): string {
  const heights = one.bins.map((share) => share * one.bins.length)
  const to = Math.max(2, Math.ceil(Math.max(...heights) * 2) / 2)
  const picture = barChart(
    {
      title,
      about: `Twenty bins; a flat histogram at one is right. KS ${fixed(one.ks.D, 3)}, p ${chanceText(one.ks.pValue)}.`,
      height: 260,
    },
    {
      up: { from: 0, to, ticks: evenTicks(to), label: 'times as often as forecast', show: String },
      label: 'probability that was forecast for as little or less',
      groups: heights.map((height, i) => ({ name: `${i * 5} %`, values: [height] })),
      series: [{ name: 'observed', tone: 'one' }],
      rules: [1],
    },
  )
  return `<figure>${picture}<figcaption>Kolmogorov–Smirnov ${fixed(one.ks.D, 3)} (p ${chanceText(one.ks.pValue)}), Anderson–Darling ${fixed(one.ad.A2, 2)} (p ${chanceText(one.ad.pValue)}); ${one.observations} outcomes in ${one.size} event-hours, each hour with the weight of one.</figcaption></figure>`
}

const coverageTable = (rows: readonly StateCoverage[]): string =>
  `${table(
    ['state', 'level', 'hits', 'expected', 'size', 'p', 'p alone', 'light'],
    rows.map(({ state, alpha, hits, expected, size, pValue, independence, light, side }) => [
      state,
      percent(alpha),
      String(hits),
      fixed(expected, 1),
      fixed(size, 0),
      chanceText(pValue),
      independence === undefined ? '-' : chanceText(independence),
      { light, text: side === 'as expected' ? light : `${light}: ${side}` },
    ]),
  )}<p class="soft">"size" is the number of independent observations that say as much (clusters are event-hours); p is Kupiec's, or exactly binomial where fewer than ten hits are expected; "p alone" is Christoffersen's, whether event-hours with hits follow each other.</p>`

function adequacyOf({ deciles, charged, lost, monotone, perTail }: Verdict['adequacy']): string {
  const top = Math.max(1e-9, ...deciles.flatMap(({ premium, realised }) => [premium, realised])) * 1e4
  const ticks = evenTicks(top * 1.1)
  const picture = barChart(
    {
      title: 'Premium and loss by tenth of the quoted premium',
      about: 'Basis points of debt: asked, and lost.',
      height: 280,
    },
    {
      up: { from: 0, to: top * 1.15, ticks, label: 'bps of debt', show: (value) => String(value) },
      label: 'tenth of quotes, cheapest first',
      groups: deciles.map(({ premium, realised }, i) => ({
        name: String(i + 1),
        values: [premium * 1e4, realised * 1e4],
      })),
      series: [
        { name: 'asked', tone: 'one' },
        { name: 'lost', tone: 'two' },
      ],
    },
  )
  return `<figure>${picture}<figcaption>Asked $${fixed(charged, 2)}, lost $${fixed(lost, 2)}; losses ${monotone ? 'rise' : 'do not rise'} with the premium. Left per dollar of ES at 97.5 %: ${perTail === undefined ? '-' : fixed(perTail, 4)}.</figcaption></figure>`
}

function numericsPage({ vectors, worst, quote, simulated }: Numerics): string {
  const values =
    vectors === undefined
      ? 'not at hand'
      : `${vectors.asked - vectors.missed.length} of ${vectors.asked} met${worst === undefined ? '' : `, the worst at ${percent(worst)} of what is allowed`}`
  return section(
    'Numerics',
    `<dl><dt>Reference values</dt><dd>${escaped(values)}</dd><dt>A full quote</dt><dd>p50 ${fixed(quote.p50, 1)} µs, p99 ${fixed(quote.p99, 1)} µs over ${quote.quotes} quotes, measured when this was written</dd></dl>
<p>The same odds and expected loss by formula and by plain simulation, which share none; beyond four standard errors is a fault.</p>${table(
      ['quote', 'market', 'loss odds', 'drawn', 'expected loss', 'drawn', 'z'],
      simulated.map((one) => [
        one.id,
        one.market,
        one.pLoss.toExponential(3),
        one.drawnPLoss.toExponential(3),
        one.EL.toExponential(3),
        one.drawnEL.toExponential(3),
        fixed(one.z, 2),
      ]),
    )}`,
  )
}

function stressPageOf({ carried, positions, debt, crashes, stalls }: StressPage): string {
  if (positions === 0) return section('Stress', '<p>No position to stress.</p>')
  const dollars = (value: number): string => Math.round(value).toLocaleString('en')
  const kinds = ['bitcoin', 'ether', 'alt', 'stable'] as const
  return section(
    'Stress',
    `<p>The most that was ${carried ? 'carried' : 'quoted (nothing was taken)'} at once: ${positions} positions, $${dollars(debt)} of debt. Dollars lost; negative is still a profit.</p>
${table(
  ['if all collateral were', ...kinds],
  crashes.flatMap(({ name, losses, stalled }) => [
    [name, ...kinds.map((kind) => dollars(losses[kind]))],
    ['… and an hour of stall', ...kinds.map((kind) => dollars(stalled[kind]))],
  ]),
)}${table(
  ['route an hour late', 'debt', 'ES 97.5 % as it was', 'ES 97.5 % an hour on'],
  stalls.map((one) => [one.route, dollars(one.debt), dollars(one.usual), dollars(one.stalled)]),
)}`,
  )
}

type Cell = string | { readonly light: string; readonly text: string }

const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `<div class="scroll"><table><thead><tr>${head.map((one) => `<th scope="col">${escaped(one)}</th>`).join('')}</tr></thead><tbody>${rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => (typeof cell === 'string' ? `<td>${escaped(cell)}</td>` : `<td class="${cell.light}">${escaped(cell.text)}</td>`)).join('')}</tr>`,
    )
    .join('')}</tbody></table></div>`
