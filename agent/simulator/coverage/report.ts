// What a campaign of seeds says: is the model's VaR exceeded as often as it says, and did caution cost chances?
import { type Cluster, type ClusteredCoverage, clusteredCoverage } from '../../maths/risk/clustered.ts'
import type { Judged, SeedFindings } from './findings.ts'
import type { Chance } from './hindsight.ts'

/** How many of the oracle's candidates the agent took. */
export type Regret = {
  readonly candidates: number
  readonly oracle: number
  readonly taken: number
  readonly share: number
}

export type CoverageReport = {
  readonly seeds: number
  readonly level: number
  readonly coverage: ClusteredCoverage
  /** The same forecasts with every quantile scaled: a model half as cautious again, and one as much too bold. */
  readonly cautious: ClusteredCoverage
  readonly bold: ClusteredCoverage
  readonly byState: Readonly<Record<string, ClusteredCoverage>>
  readonly byVault: Readonly<Record<string, ClusteredCoverage>>
  readonly otherLevels: Readonly<Record<string, ClusteredCoverage>>
  readonly unfinished: number
  /** With the agent's own cash, and with any. */
  readonly regret: Regret
  readonly unconstrained: Regret
  readonly candidates: number
  readonly liquidations: number
  readonly pnl: number
  readonly gap: number
}

/** Significance at which a model is rejected. */
export const SIGNIFICANCE = 0.05
/** Least share of the oracle's candidates. */
export const LEAST_TAKEN = 0.8
/** Factor on all quantiles of the models that must be rejected. */
export const WRONG_BY = 1.5

const LEVEL = 0.99

/** Sums up a campaign. Seeds are the clusters. */
export function coverageReport(findings: readonly SeedFindings[]): CoverageReport {
  const judged = findings.map((one) => one.judged)
  const at = (level: number, factor = 1, among: (one: Judged) => boolean = () => true): ClusteredCoverage =>
    clusteredCoverage(
      judged.map((one) => clusterOf(one.filter(among), level, factor)),
      1 - level,
    )
  const split = (key: (one: Judged) => string): Record<string, ClusteredCoverage> =>
    Object.fromEntries(
      [...new Set(judged.flat().map(key))].sort().flatMap((name) => {
        const among = (one: Judged): boolean => key(one) === name
        return judged.filter((one) => one.some(among)).length < 2 ? [] : [[name, at(LEVEL, 1, among)]]
      }),
    )
  const chances = findings.flatMap((one) => one.chances)
  return {
    seeds: findings.length,
    level: LEVEL,
    coverage: at(LEVEL),
    cautious: at(LEVEL, WRONG_BY),
    bold: at(LEVEL, 1 / WRONG_BY),
    byState: split(({ state }) => state),
    byVault: split(({ vault }) => vault),
    otherLevels: { 0.975: at(0.975), 0.999: at(0.999) },
    unfinished: total(findings, (one) => one.unfinished),
    regret: regretOf(chances, ({ withCapital }) => withCapital !== undefined),
    unconstrained: regretOf(chances, ({ free }) => free !== undefined),
    candidates: chances.length,
    liquidations: total(findings, (one) => one.liquidations),
    pnl: total(findings, (one) => one.pnl),
    gap: total(findings, (one) => one.gap),
  }
}

/** Whether the model and its caution pass; the two wrong models must not. */
export const verdictOf = ({ coverage, cautious, bold, regret }: CoverageReport) => ({
  covered: coverage.pValue >= SIGNIFICANCE,
  rejectsCautious: cautious.pValue < SIGNIFICANCE && cautious.breaches < cautious.expected,
  rejectsBold: bold.pValue < SIGNIFICANCE && bold.breaches > bold.expected,
  taken: regret.share >= LEAST_TAKEN,
})

const clusterOf = (judged: readonly Judged[], level: number, factor: number): Cluster => ({
  forecasts: judged.length,
  breaches: judged.filter(({ x, quantiles }) => x < factor * (quantiles[level] ?? Number.NaN)).length,
})

function regretOf(chances: readonly Chance[], wanted: (chance: Chance) => boolean): Regret {
  const oracle = chances.filter(wanted)
  const taken = oracle.filter((chance) => chance.taken).length
  return {
    candidates: chances.length,
    oracle: oracle.length,
    taken,
    share: oracle.length === 0 ? 1 : taken / oracle.length,
  }
}

const total = (findings: readonly SeedFindings[], of: (one: SeedFindings) => number): number =>
  findings.reduce((sum, one) => sum + of(one), 0)
