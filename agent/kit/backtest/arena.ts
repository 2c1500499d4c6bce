// Strategies in one market at once: what each takes, the others do not get.
import type { Played } from '../../simulator/backtest/run.ts'
import type { Spec } from './plan.ts'
import { type Spread, spreadOf } from './summary.ts'

/** Seats are turned, so that nobody always sits first: line-up `n` begins with contender `n`. */
export const turned = (contenders: readonly Spec[]): readonly (readonly Spec[])[] =>
  contenders.map((_, n) => [...contenders.slice(n), ...contenders.slice(0, n)])

/** One contender over all worlds and seats. */
export type Standing = {
  readonly name: string
  readonly pnl: Spread
  readonly liquidations: number
  /** Worlds in which nobody earned more. */
  readonly wins: number
}

/** Standings, best mean first. Each run says by its line-up who sat where. */
export function standings(
  contenders: readonly Spec[],
  runs: readonly { readonly lineup: number; readonly played: Played }[],
): readonly Standing[] {
  const tables = runs.map(({ lineup, played }) =>
    contenders.map((_, contender) => {
      const seat = (contender - lineup + contenders.length) % contenders.length
      return played.field[seat] ?? { name: '', pnl: 0, liquidations: 0 }
    }),
  )
  const best = tables.map((table) => Math.max(...table.map(({ pnl }) => pnl)))
  return labels(contenders)
    .map((name, contender): Standing => {
      const own = tables.flatMap((table) => table[contender] ?? [])
      return {
        name,
        pnl: spreadOf(own.map(({ pnl }) => pnl)),
        liquidations: own.reduce((sum, { liquidations }) => sum + liquidations, 0),
        wins: own.filter(({ pnl }, i) => pnl === best[i]).length,
      }
    })
    .sort((a, b) => b.pnl.mean - a.pnl.mean)
}

/** Seats of contenders, told apart where one plays twice. */
function labels(contenders: readonly Spec[]): readonly string[] {
  const uses = contenders.map(({ use }) => use.replace(/^.*\//, ''))
  return uses.map((use, i) => (uses.indexOf(use) === uses.lastIndexOf(use) ? use : `${use} ${i + 1}`))
}
