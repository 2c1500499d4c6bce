// The risk report in 80 columns.
import type { Uniformity } from '../../maths/trust/uniformity.ts'
import type { StateCoverage, Verdict } from '../../maths/trust/verdict.ts'
import type { Numerics, RiskReport } from './report.ts'
import { stressLines } from './stress-text.ts'
import { chanceText, fixed, lightText, percent, ratio } from './wording.ts'

/** Every page, line by line. */
export function reportLines(report: RiskReport): readonly string[] {
  const { verdict, broken, sources, limits } = report
  return [
    `Risk report over ${sources.length} ${sources.length === 1 ? 'session' : 'sessions'}: ${verdict?.records ?? 0} records${broken.length > 0 ? `, ${broken.length} unreadable` : ''}`,
    ...broken.slice(0, 3).map((line) => `  ! ${line}`.slice(0, 80)),
    '',
    ...(verdict === undefined ? [] : verdictLines(verdict)),
    ...heading('What this sample cannot show'),
    ...limits.flatMap((line) => wrapped(line)),
    '',
    ...heading('Numerics'),
    ...numericsLines(report.numerics),
    '',
    ...stressLines(report.stress),
  ]
}

function verdictLines(verdict: Verdict): readonly string[] {
  const { taken, records, events, price, tail, latency, volatility } = verdict
  return [
    ...heading('Summary'),
    `  light        ${lightText(verdict.light)}`,
    `  evidence     ${records} quotes (${taken} taken) in ${events} event-hours`,
    `  multiplier   ${fixed(verdict.multiplier, 2)} on tails (driven by ${verdict.driving}; never below 1 by itself)`,
    `  alarm        capital ${ratio(Math.exp(verdict.alarm.now))}, highest ${ratio(Math.exp(verdict.alarm.highest))} (20 refutes at 5 %)`,
    `  volatility   (x / forecast)² averages ${fixed(volatility.ratio, 2)} (1 is right), QLIKE ${fixed(volatility.qlike, 3)}`,
    '',
    ...heading('Was the price law right? (share of outcomes per twentieth; flat is right)'),
    ...histogram(price),
    ...(tail === undefined ? ['  no outcome in the lowest 5 %'] : [`  within the lowest 5 %: ${tests(tail)}`]),
    '',
    ...heading('Was the latency law right? (settlements that were lived through)'),
    ...(latency === undefined ? ['  none was lived through'] : histogram(latency)),
    '',
    ...heading('Losses beyond VaR (clustered by event-hour)'),
    ...coverageTable(verdict.coverage),
    '',
    ...heading('Expected shortfall (Acerbi and Szekely, Z₂; zero is right, negative is too low)'),
    ...(verdict.shortfall.length === 0 ? ['  no quote forecast a loss in its tail'] : []),
    ...verdict.shortfall.map(shortfallLine),
    '',
    ...adequacyLines(verdict),
    ...scoreLines(verdict),
  ]
}

function shortfallLine({ alpha, z2, critical5, critical1, severity, judged }: Verdict['shortfall'][number]): string {
  const level = `  ${percent(alpha).padEnd(8)} Z₂ ${fixed(z2, 3).padStart(7)}`
  const ratioSaid = `realised / forecast ${severity === undefined ? '-' : fixed(severity, 2)}`
  if (!judged) return `${level}   too few events to judge         ${ratioSaid}`
  return `${level}   5 % ${fixed(critical5, 3).padStart(7)}   1 % ${fixed(critical1, 3).padStart(7)}   ${ratioSaid}`
}

const BLOCKS = ' ▁▂▃▄▅▆▇█'

/** Two rows of unicode bars; one row is a flat twentieth. */
function histogram(one: Uniformity): readonly string[] {
  const level = (height: number): string => BLOCKS[Math.max(0, Math.min(8, Math.round(height * 8)))] ?? ' '
  const heights = one.bins.map((share) => share * one.bins.length)
  const row = (from: number): string => heights.map((height) => level(height - from).repeat(2)).join(' ')
  return [`  ${row(1)}`, `  ${row(0)}`, `  0${' '.repeat(57)}1`, `  ${tests(one)}`]
}

const tests = ({ size, ks, ad }: Uniformity): string =>
  `KS ${fixed(ks.D, 3)} (p ${chanceText(ks.pValue)}), AD ${fixed(ad.A2, 2)} (p ${chanceText(ad.pValue)}), ${size} events`

function coverageTable(rows: readonly StateCoverage[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart([0, 6, 6, 8, 8, 9, 9, 11][i] ?? 9))).join('')}`
  return [
    line(['state', 'level', 'hits', 'expect', 'size', 'p', 'p alone', 'light']),
    ...rows.map(({ state, alpha, hits, expected, size, pValue, independence, light }) =>
      line([
        state,
        percent(alpha),
        String(hits),
        fixed(expected, 1),
        fixed(size, 0),
        chanceText(pValue),
        independence === undefined ? '-' : chanceText(independence),
        light,
      ]),
    ),
  ]
}

function adequacyLines({ adequacy }: Verdict): readonly string[] {
  const most = Math.max(...adequacy.deciles.flatMap(({ premium, realised }) => [premium, realised]), 1e-12)
  const bar = (value: number): string => '█'.repeat(Math.round((value / most) * 20)).padEnd(20)
  return [
    ...heading('Was the premium enough? (bps of debt, by tenth of the quoted premium)'),
    `  ${'asked'.padEnd(31)} ${'lost'.padEnd(31)} quotes`,
    ...adequacy.deciles.map(
      ({ premium, realised, quotes }) =>
        `  ${bar(premium)} ${fixed(premium * 1e4, 2).padStart(9)}  ${bar(realised)} ${fixed(realised * 1e4, 2).padStart(9)}  ${quotes}`,
    ),
    `  asked $${fixed(adequacy.charged, 2)}, lost $${fixed(adequacy.lost, 2)}; losses ${adequacy.monotone ? 'rise' : 'do not rise'} with the premium`,
    `  left per dollar of ES 97.5 %: ${adequacy.perTail === undefined ? '-' : fixed(adequacy.perTail, 4)}`,
    '',
  ]
}

function scoreLines({ comparisons }: Verdict): readonly string[] {
  return [
    ...heading('Against simpler models (joint VaR–ES score, lower is better: ours, theirs)'),
    ...(comparisons.length === 0 ? ['  no baseline spoke'] : []),
    ...comparisons.map(({ baseline, alpha, model, other, difference }) => {
      const said =
        difference === undefined
          ? 'too few events'
          : `t ${fixed(difference.t, 2)} p ${chanceText(difference.pValue)} ${standing(difference)}`
      return `  ${baseline.padEnd(20)} ${percent(alpha).padEnd(7)} ${fixed(model, 4).padStart(9)} ${fixed(other, 4).padStart(9)}  ${said}`
    }),
    '',
  ]
}

/** A difference that chance makes is none. */
const standing = ({ mean, pValue }: { readonly mean: number; readonly pValue: number }): string =>
  pValue >= 0.05 ? 'undecided' : mean < 0 ? 'better' : 'worse'

function numericsLines({ vectors, worst, quote, simulated }: Numerics): readonly string[] {
  const off = Math.max(0, ...simulated.map(({ z }) => Math.abs(z)))
  return [
    vectors === undefined
      ? '  reference values   not at hand (give --vectors FILE)'
      : `  reference values   ${vectors.asked - vectors.missed.length} of ${vectors.asked} met${worst === undefined ? '' : `, worst at ${percent(worst)} of what is allowed`}`,
    ...(vectors?.missed ?? []).map((id) => `    missed ${id}`.slice(0, 80)),
    `  full quote         p50 ${fixed(quote.p50, 1)} µs, p99 ${fixed(quote.p99, 1)} µs over ${quote.quotes} quotes, measured now`,
    `  against simulation ${simulated.length} quotes, worst ${fixed(off, 2)} standard errors off (4 is a fault)`,
  ]
}

const heading = (text: string): readonly string[] => [text, '─'.repeat(Math.min(80, text.length))]

function wrapped(text: string, width = 76): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line, i) => `  ${i === 0 ? '·' : ' '} ${line}`)
}
