// The figures of a backtest as its page wants them.
import type { BacktestPage } from '../../console/backtest.ts'
import type { Played } from '../../simulator/backtest/run.ts'
import { byCount, type Names, waterfall } from './lines.ts'
import { against, isClear, LEVELS, type Summary } from './summary.ts'

/** What a page is made from: the tested strategy's runs, and both summaries. */
export type PageParts = {
  readonly command: string
  readonly lines: readonly string[]
  readonly names: Names
  readonly tested: Summary
  readonly baseline: Summary
  readonly runs: readonly Played[]
}

/** Nothing is worked out here that the summaries do not say. */
export function pageOf({ command, lines, names, tested, baseline, runs }: PageParts): BacktestPage {
  const nameOf = ({ period, seed }: Played): string => `${period} ${seed}`
  return {
    title: `Backtest of ${names.tested}`,
    ...{ command, lines, names },
    equity: runs.map((one) => ({ name: nameOf(one), points: one.books.equity })),
    exposure: runs.map((one) => ({ name: nameOf(one), points: one.books.exposure })),
    hours: Math.max(
      1,
      ...runs.map((one) =>
        one.books.equity.concat(one.books.exposure).reduce((most, [minute]) => Math.max(most, minute / 60), 0),
      ),
    ),
    exposureLimit: Math.max(0, ...runs.map((one) => one.books.limit)),
    waterfall: waterfall(tested.parts, tested.overhead),
    skipped: byCount(tested.skipped),
    races: racesOf(tested),
    pit: tested.pit,
    coverage: LEVELS.flatMap((level) => {
      const one = tested.exceedances[level]
      return one === undefined ? [] : [{ level, ...one, clusteredP: one.clustered?.pValue }]
    }),
    difference: { ...against(tested, baseline), clear: isClear(against(tested, baseline)) },
    runs: runs.map((one, i) => ({ name: nameOf(one), tested: one.books.pnl, baseline: baseline.pnl.all[i] ?? 0 })),
    modelled: MODELLED,
  }
}

/** Against everybody who took anything: who took how much of what either took, and bids of ours that they were first with. */
function racesOf({ takenBy, lostTo, liquidations }: Summary): BacktestPage['races'] {
  const others = byCount(takenBy).filter(([name]) => !name.startsWith('tested'))
  return others.map(([name, taken]) => ({ name, ours: liquidations, theirs: taken, lost: lostTo[name] ?? 0 }))
}

const MODELLED: readonly string[] = [
  'Modelled: prices as they were, read only once they were written; publishers with a deviation and a heartbeat, or the rounds of a real oracle; gossip that is late or lost; blocks that take the best tips first; bids that revert and cost gas; ways home with a stuck mode and stoppages; sales into pools of limited depth; traders who come and go; searchers with measured reaction times.',
  'Not modelled: reorganisations, a base fee, nodes that lie, publishers that lie, the effect of these liquidations on the market price.',
  'On price files the accounts are drawn, not recorded: who held what in those weeks is not known.',
]
