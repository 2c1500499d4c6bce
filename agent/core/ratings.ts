// Ratings with their evidence: of routes by what bonded agents report of their settlements, of providers by kept promises.
// A route that others find stuck is quoted with more odds of it and a smaller cap; a provider that falls short of what it
// indicates is quoted at what it gave, and not at all once it breaks most of its promises.
import type { Address } from 'viem'
import type { RouteReport } from '../domain/message.ts'
import { type Bps, bps, type Instant, type VaultId } from '../domain/units.ts'
import { failureShare, GRADES, type Grade, gradeOf, middle } from '../maths/rating.ts'
import type { Promises } from './risk/memory.ts'
import type { Core } from './state.ts'

/** A bonded agent says how its settlements went. */
export function witnessed(core: Core, at: Instant, from: Address, reports: readonly RouteReport[]): void {
  core.laws.now.clear()
  for (const report of reports) {
    const known = core.ratings.reports.get(report.vault) ?? new Map()
    core.ratings.reports.set(report.vault, known.set(from.toLowerCase(), { report, at }))
  }
}

/** A provider was asked for a firm offer; `short` is how far it fell behind what we quoted, none if it made none. */
export function promised(core: Core, provider: Address, short: number | undefined): void {
  const { ratings } = core
  // We quoted its word less what it fell short before.
  const whole = Math.max(0, (short ?? 0) + providerRating(core, provider).fee)
  const before = ratings.promises.get(provider.toLowerCase()) ?? { asked: 0, kept: 0, short: 0 }
  const kept = before.kept * MEMORY + (short === undefined ? 0 : 1)
  const behind = short === undefined ? before.short : before.short + (whole - before.short) / (kept + TRUST)
  ratings.promises.set(provider.toLowerCase(), { asked: before.asked * MEMORY + 1, kept, short: behind })
}

/** What is left of older promises after one more. */
const MEMORY = 0.95
/** Promises' worth of good faith: one rate that a crash overtook says little about the next. */
const TRUST = 3

/** `excess` is the share of settlements that hang beyond what the route's own law says. */
export type RouteRating = {
  readonly grade: Grade
  readonly share: number
  readonly excess: number
  readonly witnesses: number
  readonly settled: number
  readonly stuck: number
}

/** A route in the eyes of the bonded agents that settled over it lately; an A while too few have. */
export function routeRating({ ratings, setup }: Core, at: Instant, vault: VaultId): RouteRating {
  const fresh = [...(ratings.reports.get(vault)?.values() ?? [])].filter((one) => at - one.at <= REPORT_AGE)
  const seen = fresh.map(({ report }) => report).filter(({ settled, stuck }) => settled + stuck >= LEAST_SEEN)
  const expected = setup.vaults.find(({ id }) => id === vault)?.latency.stuckOdds ?? 0
  const trust = { prior: expected, trust: LEAST_SEEN }
  const shares = seen.map(({ settled, stuck }) => failureShare(stuck, settled + stuck, trust))
  const said = shares.length < LEAST_WITNESSES ? 0 : (middle(shares) ?? 0)
  const excess = Math.max(0, said - expected)
  const grade = gradeOf(excess)
  const sum = (of: (report: RouteReport) => number): number => seen.reduce((total, report) => total + of(report), 0)
  const evidence = { witnesses: seen.length, settled: sum(({ settled }) => settled), stuck: sum(({ stuck }) => stuck) }
  return { grade, share: GRADES[grade].share, excess, ...evidence }
}

/** Wall milliseconds of a report, settlements that make a witness, and witnesses of whom one may lie. */
const [REPORT_AGE, LEAST_SEEN, LEAST_WITNESSES] = [60_000, 3, 3] as const

/** `fee` comes on top of the rate that is indicated. */
export type ProviderRating = Promises & { readonly grade: Grade; readonly share: number; readonly fee: Bps }

/** A provider by its promises to us. */
export function providerRating({ ratings }: Core, provider: Address): ProviderRating {
  const known = ratings.promises.get(provider.toLowerCase()) ?? { asked: 0, kept: 0, short: 0 }
  const grade = gradeOf(failureShare(known.asked - known.kept, known.asked, { prior: 0.02, trust: TRUST }))
  return { ...known, grade, share: GRADES[grade].share, fee: bps(Math.min(10_000, Math.ceil(known.short))) }
}
