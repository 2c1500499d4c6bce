// lienmesh risk coverage: many simulated seeds, judged together. A simulation: nothing is read from or sent to a chain.
import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import type { ClusteredCoverage } from '../maths/risk/clustered.ts'
import { simulatedSetup } from '../runtime/simulated.ts'
import { coverSeed, type SeedFindings } from '../simulator/coverage/findings.ts'
import { TEMPER_NAMES } from '../simulator/coverage/regimes.ts'
import { type CoverageReport, coverageReport, SIGNIFICANCE, verdictOf, WRONG_BY } from '../simulator/coverage/report.ts'
import { coverageNetwork, DEFAULT_HOURS, WATCHED_EXECUTOR } from '../simulator/coverage/seed-world.ts'
import { table } from '../swarm/format.ts'
import { command, wholeNumber } from './command.ts'

/** Runs the seeds one after the other and says whether the gap model holds. */
export const riskCoverage = command({
  options: z.strictObject({
    seeds: wholeNumber.pipe(z.int().min(2)).default(200).describe('How many independent worlds.'),
    seed: wholeNumber.default(1).describe('The first seed; the others follow it.'),
    market: z.enum(TEMPER_NAMES).default('majors').describe('What the simulated market is like.'),
    strategy: z.string().default('gap-aware').describe('Who decides: a built-in strategy or a file.'),
  }),
  examples: ['lienmesh risk coverage --seeds 200', 'lienmesh risk coverage --seeds 20 --seed 1000 --json'],
  run: async ({ seeds, seed: first, market, strategy }, { json, print, signal }) => {
    const strategies = [{ use: strategy }]
    const setup = await simulatedSetup(coverageNetwork(), {
      executor: WATCHED_EXECUTOR,
      bonded: true,
      seed: first,
      strategies,
    })
    const findings: SeedFindings[] = []
    for (let seed = first; seed < first + seeds; seed++) {
      await breathe()
      if (signal.aborted) return EXIT.interrupted
      const found = coverSeed({ seed, market, ...DEFAULT_HOURS }, setup)
      findings.push(found)
      process.stderr.write(`${progressOf(found, findings.length, seeds)}\n`)
    }
    const report = coverageReport(findings)
    if (json) print(JSON.stringify({ type: 'summary', ...report, verdict: verdictOf(report) }))
    else for (const line of inWords(report)) print(line)
    return Object.values(verdictOf(report)).every(Boolean) ? EXIT.ok : EXIT.assertion
  },
})

const progressOf = ({ seed, judged, chances, decisionsHash, pnl }: SeedFindings, done: number, of: number): string =>
  `${done}/${of} seed ${seed}: ${judged.length} forecasts, ${chances.length} candidates, P&L $${pnl.toFixed(0)}, decisions ${decisionsHash.slice(0, 12)}`

function inWords(report: CoverageReport): readonly string[] {
  const { coverage, cautious, bold, byState, byVault, otherLevels, regret, unconstrained } = report
  const { covered, rejectsCautious, rejectsBold, taken } = verdictOf(report)
  const rows: readonly (readonly [string, ClusteredCoverage])[] = [
    ['99 %', coverage],
    ...Object.entries(otherLevels).map(([level, one]) => [`${100 * Number(level)} %`, one] as const),
    ...Object.entries(byState).map(([state, one]) => [`99 % ${state}`, one] as const),
    ...Object.entries(byVault).map(([vault, one]) => [`99 % ${vault}`, one] as const),
    [`99 %, quantiles x ${WRONG_BY}`, cautious],
    [`99 %, quantiles / ${WRONG_BY}`, bold],
  ]
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  return [
    `A simulation of ${report.seeds} seeds: ${report.candidates} candidates, ${report.liquidations} liquidations, P&L $${report.pnl.toFixed(0)}, of it gap $${report.gap.toFixed(0)}`,
    '',
    ...table(
      ['VaR of a gap', 'forecasts', 'beyond', 'expected', 't', 'p (clustered)', 'worth', 'p (Kupiec)'],
      rows.map(cells),
    ),
    '',
    mark(covered, `99 % coverage is ${covered ? 'not ' : ''}rejected at ${percent(SIGNIFICANCE)} (clustered by seed)`),
    mark(rejectsCautious, `a model ${WRONG_BY} times as wide ${rejectsCautious ? 'is' : 'is not'} rejected`),
    mark(rejectsBold, `a model ${WRONG_BY} times as narrow ${rejectsBold ? 'is' : 'is not'} rejected`),
    mark(
      taken,
      `taken: ${regret.taken} of the ${regret.oracle} candidates that hindsight would have taken (${percent(regret.share)}); with any capital ${percent(unconstrained.share)}`,
    ),
    ...(report.unfinished > 0 ? [`  ${report.unfinished} forecasts were not over at the end and are not judged`] : []),
  ]
}

function cells([name, one]: readonly [string, ClusteredCoverage]): readonly string[] {
  const counts = [name, String(one.forecasts), String(one.breaches), one.expected.toFixed(1)]
  if (one.expected < FEW) return [...counts, '-', 'not judged', String(one.effective), '-']
  return [...counts, one.t.toFixed(2), one.pValue.toFixed(3), String(one.effective), one.kupiecP.toFixed(3)]
}

/** Cells that expect fewer breaches are shown and not judged. */
const FEW = 10

const mark = (holds: boolean, text: string): string => `  ${holds ? '✔' : '✖'} ${text}`
