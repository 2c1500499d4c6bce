// A backtest for the terminal, 80 columns wide.
import type { Parts } from '../../simulator/backtest/books.ts'
import { against, isClear, LEVELS, type Spread, type Summary } from './summary.ts'

/** What is compared, in words. */
export type Names = { readonly tested: string; readonly baseline: string; readonly tests: string }

/** The report, top to bottom. */
export function reportLines(tested: Summary, baseline: Summary, names: Names): readonly string[] {
  const { liquidations, submitted, takenBy, gapPredicted, gapRealised, exceedances, outlay } = tested
  const slices = Object.values(takenBy).reduce((sum, one) => sum + one, 0)
  const difference = against(tested, baseline)
  const clear = isClear(difference) ? '' : ', not significant'
  return [
    `A simulation of ${names.tests}: ${names.tested}`,
    '',
    row('net P&L', `${signed(tested.pnl.total)} in all, ${signed(tested.pnl.mean)} a run${plusMinus(tested.pnl)}`),
    row('worst tenth', `${signed(tested.pnl.decile)} a run`),
    row(
      'won',
      `${liquidations} of ${submitted} bids, ${share(liquidations, slices)} of all slices taken, $${round(outlay)} paid`,
    ),
    row('gap', `cost ${dollars(gapRealised)}, predicted ${dollars(gapPredicted)}`),
    ...LEVELS.flatMap((level) => {
      const one = exceedances[level]
      if (one === undefined) return []
      const p = one.clustered?.pValue
      const judged = p === undefined ? 'too few runs to judge' : `p ${p.toFixed(3)} over runs`
      const plain = one.kupiecP === undefined ? '' : `, Kupiec ${one.kupiecP.toFixed(3)}`
      return [
        row(
          `beyond ${100 * level} %`,
          `${one.observed} of ${one.forecasts}, ${one.expected.toFixed(1)} expected (${judged}${plain})`,
        ),
      ]
    }),
    '',
    ...waterfall(tested.parts, tested.overhead).map(([name, value]) => row(`  ${name}`, signed(value))),
    '',
    ...(Object.keys(tested.halted).length === 0
      ? []
      : [row('stopped itself', `${ranked(tested.halted)} of ${tested.runs} runs`)]),
    row('left', ranked(tested.skipped)),
    row('lost to', ranked(tested.lostTo)),
    row('slices by', ranked(takenBy)),
    '',
    `${names.baseline} in the same worlds: ${signed(baseline.pnl.mean)} a run, worst tenth ${signed(baseline.pnl.decile)}`,
    `${names.tested} against ${names.baseline}: ${signed(difference.mean)} a run${plusMinus(difference)}${clear}`,
    `decisions ${tested.decisionsHash}`,
  ]
}

/** P&L by cause, in the order in which money moves; the parts and the overhead add up to the P&L. */
export const waterfall = (parts: Parts, overhead: number): readonly (readonly [string, number])[] => [
  ['bonus', parts.bonus],
  ['positions', parts.positions],
  ['funding', parts.funding],
  ['gap', parts.gap],
  ['slippage', parts.slippage],
  ['provider', parts.providerFee],
  ['protocol', parts.protocolFee],
  ['gas', parts.gas],
  ['races', parts.lostRaceGas],
  ['other', -overhead],
]

const row = (name: string, text: string): string => `${name.padEnd(16)}${text}`
const round = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Dollars with their sign. */
export const signed = (value: number): string => `${value < 0 ? '-' : '+'}$${round(Math.abs(value))}`

/** Dollars; a gain is written as a loss below zero. */
const dollars = (value: number): string => `${value < 0 ? '-' : ''}$${round(Math.abs(value))}`

const plusMinus = ({ error }: Spread): string => (Number.isFinite(error) ? ` ± ${round(error)}` : '')
const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`

/** Counts, largest first. */
export const byCount = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
  Object.entries(counts).sort(([, a], [, b]) => b - a)

/** Counts in words, largest first; none is said as such. */
function ranked(counts: Readonly<Record<string, number>>): string {
  const all = byCount(counts)
  return all.length === 0 ? 'none' : all.map(([name, count]) => `${name} ${count}`).join(', ')
}
