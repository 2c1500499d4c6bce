// What many seeds say together of one strategy, and of the one it is compared with on the same seeds.
import { createHash } from 'node:crypto'
import { kupiec } from '../../maths/risk/backtest.ts'
import { type ClusteredCoverage, clusteredCoverage } from '../../maths/risk/clustered.ts'
import type { Books, Parts } from '../../simulator/backtest/books.ts'
import type { Played } from '../../simulator/backtest/run.ts'
import type { Judged } from '../../simulator/coverage/findings.ts'

/** Sums over all seeds and files. Dollars. */
export type Summary = {
  readonly runs: number
  /** SHA-256 over the decisions of every run, in order. */
  readonly decisionsHash: string
  readonly liquidations: number
  readonly submitted: number
  readonly skipped: Readonly<Record<string, number>>
  readonly lostTo: Readonly<Record<string, number>>
  readonly takenBy: Readonly<Record<string, number>>
  readonly parts: Parts
  readonly overhead: number
  readonly pnl: Spread
  readonly gapPredicted: number
  readonly gapRealised: number
  readonly outlay: number
  readonly exceedances: Readonly<Record<string, Exceedances>>
  /** Where outcomes fell in their forecast: ten equal bins of u. */
  readonly pit: readonly number[]
  /** Runs in which it stopped bidding, by the protection that tripped. */
  readonly halted: Readonly<Record<string, number>>
}

/** A figure over runs. `decile` is the mean of the worst tenth. */
export type Spread = {
  readonly total: number
  readonly mean: number
  readonly error: number
  readonly decile: number
  readonly all: readonly number[]
}

/** Gaps that lost more than the level said. The clustered test counts files and seeds as independent, and nothing else. */
export type Exceedances = {
  readonly observed: number
  readonly expected: number
  readonly forecasts: number
  readonly kupiecP: number | undefined
  readonly clustered: ClusteredCoverage | undefined
}

/** Sums up one strategy's runs. */
export function summarise(runs: readonly Played[]): Summary {
  const books = runs.map((one) => one.books)
  const total = (of: (one: Books) => number): number => books.reduce((sum, one) => sum + of(one), 0)
  return {
    runs: runs.length,
    decisionsHash: hashOf(runs),
    liquidations: total((one) => one.liquidations),
    submitted: total((one) => one.submitted),
    skipped: added(books.map((one) => one.skipped)),
    lostTo: added(books.map((one) => one.lostTo)),
    takenBy: added(books.map((one) => one.takenBy)),
    parts: added(books.map((one) => one.parts)) as Parts,
    overhead: total((one) => one.overhead),
    pnl: spreadOf(books.map((one) => one.pnl)),
    gapPredicted: total((one) => one.gapPredicted),
    gapRealised: total((one) => one.gapRealised),
    outlay: total((one) => one.outlay),
    exceedances: Object.fromEntries(LEVELS.map((level) => [level, exceedancesOf(books, level)])),
    pit: pitOf(books.flatMap((one) => taken(one.judged))),
    halted: added(books.map(({ halted }) => (halted === undefined ? {} : { [halted.reason]: 1 }))),
  }
}

/** SHA-256 over the decisions of every run, in the order of the runs. */
export function hashOf(runs: readonly Played[]): string {
  const digest = createHash('sha256')
  for (const { decisionsHash } of runs) digest.update(`${decisionsHash}\n`)
  return digest.digest('hex')
}

export const LEVELS = [0.975, 0.99] as const

/** The gaps that it carried, not those it only made a forecast of. */
const taken = (judged: readonly Judged[]): readonly Judged[] => judged.filter((one) => one.taken)

function exceedancesOf(books: readonly Books[], level: number): Exceedances {
  const clusters = books.map((one) => {
    const judged = taken(one.judged)
    const beyond = judged.filter(({ x, quantiles }) => x < (quantiles[level] ?? Number.NaN))
    return { forecasts: judged.length, breaches: beyond.length }
  })
  const forecasts = clusters.reduce((sum, one) => sum + one.forecasts, 0)
  const observed = clusters.reduce((sum, one) => sum + one.breaches, 0)
  const enough = clusters.filter((one) => one.forecasts > 0).length > 1
  return {
    observed,
    expected: forecasts * (1 - level),
    forecasts,
    kupiecP: forecasts === 0 ? undefined : kupiec(forecasts, observed, 1 - level).pValue,
    clustered: enough ? clusteredCoverage(clusters, 1 - level) : undefined,
  }
}

function pitOf(judged: readonly Judged[]): readonly number[] {
  const bins = new Array<number>(10).fill(0)
  for (const { u } of judged) bins[Math.min(9, Math.floor(10 * u))] = (bins[Math.min(9, Math.floor(10 * u))] ?? 0) + 1
  return bins
}

/** Mean, its standard error and the mean of the worst tenth. */
export function spreadOf(all: readonly number[]): Spread {
  const total = all.reduce((sum, one) => sum + one, 0)
  const mean = total / all.length
  const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, all.length - 1)
  const worst = [...all].sort((a, b) => a - b).slice(0, Math.max(1, Math.round(all.length / 10)))
  const decile = worst.reduce((sum, one) => sum + one, 0) / worst.length
  return { total, mean, error: all.length < 2 ? Number.NaN : Math.sqrt(variance / all.length), decile, all }
}

/** How much more one strategy earned than another in the same worlds. */
export const against = (these: Summary, those: Summary): Spread =>
  spreadOf(these.pnl.all.map((one, i) => one - (those.pnl.all[i] ?? 0)))

/** Beyond two standard errors. */
export const isClear = ({ mean, error }: Spread): boolean => Math.abs(mean) > 2 * error

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const one of all) for (const [name, value] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + value
  return sums
}
