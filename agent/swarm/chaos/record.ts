// What a campaign has finished, one file per world, so that it can be interrupted, shared out and added up.
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fromText, toText } from '../plain.ts'
import { createRun, type RunDirectory, sweepRuns } from '../run-directory.ts'
import type { BatchResult } from './batch.ts'
import type { PlanOptions } from './plan.ts'

/** The campaign, and where its record lies. */
export type Recorded = PlanOptions & { readonly source?: string; readonly folder?: string }

export type CampaignRecord = {
  /** What an earlier run found in a world; undefined when it was not finished. */
  read(index: number): BatchResult | undefined
  /** Everything that was finished so far, by any shard. */
  all(): readonly BatchResult[]
  forget(index: number): void
  /** Plays a world in a directory of its own, which stays when something was wrong. */
  play(index: number, work: (run: RunDirectory) => Promise<BatchResult>): Promise<BatchResult>
}

/** The record of the campaign that these options describe. */
export function openRecord(options: Recorded): CampaignRecord {
  const root = resolve(options.folder ?? '.')
  const folder = join(root, '.lienmesh', 'chaos', nameOf(options))
  const fileOf = (index: number): string => join(folder, `world-${index}.json`)
  const read = (file: string): BatchResult => fromText<BatchResult>(readFileSync(file, 'utf8'))
  return {
    read: (index) => (existsSync(fileOf(index)) ? read(fileOf(index)) : undefined),
    all: () => {
      const files = existsSync(folder) ? readdirSync(folder) : []
      return files.filter((file) => file.endsWith('.json')).map((file) => read(join(folder, file)))
    },
    forget: (index) => rmSync(fileOf(index), { force: true }),
    play: async (index, work) => {
      sweepRuns(root, KEPT)
      const run = createRun(root, 'chaos', options.seed)
      const result = await work(run)
      run.update({ phase: 'ended' })
      if (innocent(result)) rmSync(run.path, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      writeFileSync(`${fileOf(index)}.new`, toText(result))
      renameSync(`${fileOf(index)}.new`, fileOf(index))
      return result
    },
  }
}

/** Run directories of worlds in which something was wrong. */
const KEPT = 10

const innocent = ({ doublePayments, lost, weiDifferenceA, weiDifferenceB, findings }: BatchResult): boolean =>
  doublePayments + lost + findings.length === 0 && weiDifferenceA === 0n && weiDifferenceB === 0n

/** The same campaign has the same name: everything that its plan is drawn from. */
function nameOf(options: Recorded): string {
  const { kills, seed, points, weathers, troubles, reorgs, depth, without, source } = options
  const rest = { points, weathers, troubles, reorgs, depth, without, source }
  return `${kills}-${seed}-${hash('sha256', JSON.stringify(rest)).slice(0, 8)}`
}
