// lienmesh arena: strategies against each other, in the same market at the same time.
import { z } from 'zod'
import { EXIT, usageError } from '../domain/errors.ts'
import { type Standing, standings, turned } from '../kit/backtest/arena.ts'
import { signed } from '../kit/backtest/lines.ts'
import type { Spec } from '../kit/backtest/plan.ts'
import { playAll } from '../kit/backtest/pool.ts'
import { hashOf } from '../kit/backtest/summary.ts'
import { table } from '../swarm/format.ts'
import { command } from './command.ts'
import { grounds, inWords, planOf, tasksOf, tellLeftOut } from './grounds.ts'

const options = z.strictObject({
  strategies: z.string().describe('Who fights, comma-separated: built-in names or files; the same may be named twice.'),
  ...grounds,
})

/** Plays every world once per seat that can come first, and ranks by what was earned. */
export const arena = command({
  options,
  positionals: ['strategies'],
  examples: [
    'lienmesh arena gap-aware,first-come,patient --scenario flash-crash --seeds 10',
    'lienmesh arena ./mine.ts,gap-aware --prices week.csv.gz --seeds 5 --competitors rival*2',
  ],
  run: async (asked, context) => {
    const started = performance.now()
    const contenders = contendersOf(asked.strategies)
    const planned = planOf(asked)
    tellLeftOut(planned.plan)
    const { entrants } = planned
    // The scenario's own agents would be a third party.
    const plan = { ...planned.plan, named: true }
    const lineups = turned(contenders).map((lineup) => [...lineup, ...entrants])
    const tasks = tasksOf(asked, plan, lineups.length)
    const { signal } = context
    const runs = await playAll({ plan, lineups, tasks, jobs: asked.jobs, signal, onPlayed: () => {} })
    const ranked = standings(
      contenders,
      runs.map((played, i) => ({ lineup: tasks[i]?.lineup ?? 0, played })),
    )
    const seconds = (performance.now() - started) / 1_000
    if (context.json) for (const one of ranked) context.print(JSON.stringify({ type: 'standing', ...figures(one) }))
    else {
      context.print(`A simulation of ${inWords(asked, plan)}, every contender in every seat: ${runs.length} runs`)
      for (const line of linesOf(ranked, runs.length)) context.print(line)
    }
    const hash = hashOf(runs)
    context.print(
      context.json
        ? JSON.stringify({
            type: 'summary',
            runs: runs.length,
            decisionsHash: hash,
            wallSeconds: Number(seconds.toFixed(3)),
          })
        : `decisions ${hash}\n${seconds.toFixed(1)} s`,
    )
    return EXIT.ok
  },
})

function contendersOf(list: string): readonly Spec[] {
  const all = list.split(',').filter((one) => one !== '')
  if (all.length < 2 || all.length > MOST)
    throw usageError('E_USAGE', `expected 2 to ${MOST} strategies, found ${all.length}`, 'Write gap-aware,first-come.')
  return all.map((use) => ({ use, params: {} }))
}

const MOST = 12

/** Half the width of an interval that holds the mean 95 times in a hundred, were runs independent and normal. */
const WIDTH = 1.96

const figures = ({ name, pnl, liquidations, wins }: Standing) => ({
  name,
  mean: pnl.mean,
  halfWidth95: Number.isFinite(pnl.error) ? WIDTH * pnl.error : null,
  worstDecile: pnl.decile,
  liquidations,
  wins,
})

/** A table within 80 columns, best mean first. */
function linesOf(ranked: readonly Standing[], runs: number): readonly string[] {
  const row = ({ name, pnl, liquidations, wins }: Standing, i: number): readonly string[] => {
    const width = Number.isFinite(pnl.error) ? ` ± ${Math.round(WIDTH * pnl.error)}` : ''
    return [`${i + 1}. ${name}`, `${signed(pnl.mean)}${width}`, signed(pnl.decile), `${liquidations}`, `${wins}`]
  }
  return table(['', 'mean a run', 'worst tenth', 'won', `best, of ${runs}`], ranked.map(row))
}
