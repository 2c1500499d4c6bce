// A short campaign of the coverage worlds. The long one is `lienmesh risk coverage`.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Setup } from '../../agent/core/setup.ts'
import { simulatedSetup } from '../../agent/runtime/simulated.ts'
import { coverSeed, type SeedFindings } from '../../agent/simulator/coverage/findings.ts'
import { type CoverageReport, coverageReport, verdictOf } from '../../agent/simulator/coverage/report.ts'
import { coverageNetwork, WATCHED_EXECUTOR } from '../../agent/simulator/coverage/seed-world.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
const HOURS = { market: 'majors', warmUp: 24, hours: 8, patience: 3, accounts: 60 } as const

describe('ten worlds whose laws nobody was told', () => {
  let setup: Setup
  let findings: readonly SeedFindings[]
  let report: CoverageReport

  beforeAll(async () => {
    const strategies = [{ use: 'gap-aware' }]
    setup = await simulatedSetup(coverageNetwork(), { executor: WATCHED_EXECUTOR, bonded: true, seed: 1, strategies })
    findings = SEEDS.map((seed) => coverSeed({ seed, ...HOURS }, setup))
    report = coverageReport(findings)
  })

  test('judge forecasts of most seeds, and all of them to the end', () => {
    expect(findings.filter(({ judged }) => judged.length > 0).length).toBeGreaterThanOrEqual(8)
    expect(report.coverage.forecasts).toBeGreaterThan(150)
    expect(report.unfinished).toBeLessThan(0.02 * report.coverage.forecasts)
  })

  test('do not reject the 99 % coverage of the gap', () => {
    expect(report.coverage.pValue).toBeGreaterThan(0.01)
  })

  test('would reject a model that sees a third of the risk', () => {
    const bold = coverageReport(
      findings.map((one) => ({
        ...one,
        judged: one.judged.map((each) => ({
          ...each,
          quantiles: { ...each.quantiles, 0.99: (each.quantiles[0.99] ?? 0) / 3 },
        })),
      })),
    )
    expect(bold.coverage.breaches).toBeGreaterThan(3 * bold.coverage.expected)
    expect(verdictOf(bold).covered).toBe(false)
  })

  test('show an agent that takes most of what hindsight would have taken, at a profit', () => {
    expect(report.regret.oracle).toBeGreaterThan(50)
    expect(report.regret.share).toBeGreaterThanOrEqual(0.8)
    expect(report.pnl).toBeGreaterThan(0)
  })

  test('are the same worlds again', () => {
    const [first] = findings
    expect(coverSeed({ seed: 1, ...HOURS }, setup)).toEqual(first)
  })
})
