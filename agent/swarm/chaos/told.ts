// A campaign in a file for people and for machines: what was asked, of which sources, and everything that was found.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { BatchResult } from './batch.ts'
import { hitsOf, type Summary } from './campaign.ts'
import { programRoot } from './source-copy.ts'

export type Told = {
  /** The command's own options. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly summary: Summary
  readonly worlds: readonly BatchResult[]
  /** Broken agents that no drill found out, and drills that what ships fails. */
  readonly escaped: readonly string[]
}

/** Writes what a campaign found. Amounts are decimal strings; points are sorted from the one that was hit least. */
export function writeTold(path: string, { asked, summary, worlds, escaped }: Told): void {
  const hits = [...hitsOf(worlds)].sort(([a, some], [b, others]) => some - others || a.localeCompare(b))
  const atPoints = hits.reduce((sum, [, times]) => sum + times, 0)
  const told = {
    asked,
    commit: commit(),
    ...summary,
    worlds: worlds.length,
    worldsWithSigner: worlds.filter(({ signer }) => signer === 'process').length,
    signersKilled: worlds.reduce((sum, { signerKills = 0 }) => sum + signerKills, 0),
    killsAtPoints: atPoints,
    killsAtMoments: summary.kills - atPoints,
    hits: Object.fromEntries(hits),
    livesEndedByThemselves: added(worlds.map(({ died }) => died)),
    alarms: added(worlds.map(({ alarms }) => alarms)),
    blocksToAlarm: worlds.flatMap(({ alarmedAfter }) => alarmedAfter),
    alarmsAtStart: worlds.reduce((sum, { alarmedAtStart }) => sum + alarmedAtStart, 0),
    findings: worlds.flatMap(({ findings }) => findings),
    escaped,
  }
  const text = JSON.stringify(told, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)
  writeFileSync(path, `${text}\n`)
}

/** The sources that were killed; none in a published package. */
function commit(): string | undefined {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      cwd: programRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined // No git, or no repository: the package's version says it.
  }
}

function added(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {}
  for (const counts of all) for (const [key, times] of Object.entries(counts)) total[key] = (total[key] ?? 0) + times
  return total
}
