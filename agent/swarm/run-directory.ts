// One run, one directory: everything a swarm writes lands below it, and its processes are on record there.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultRecord } from './faults/desk.ts'

/** A process by what identifies it across reuse of pids: its number and when it started. */
export type ProcessRecord = { readonly name: string; readonly pid: number; readonly started: string }

/** Where a run stands, for `status`, `logs` and `down`. */
export type RunRecord = {
  readonly id: string
  readonly scenario: string
  readonly seed: number
  readonly createdAt: string
  readonly phase: 'setting-up' | 'running' | 'kept' | 'ended'
  readonly chains: readonly { readonly name: string; readonly id: number; readonly url: string }[]
  readonly supervisor: ProcessRecord
  readonly processes: readonly ProcessRecord[]
  /** What is wrong with it on purpose. */
  readonly faults?: readonly FaultRecord[]
}

/** The directory of one run and its record. */
export type RunDirectory = {
  readonly id: string
  readonly path: string
  record(): RunRecord
  update(change: Partial<RunRecord>): void
  /** A path below the run directory whose parent exists. */
  file(...parts: readonly string[]): string
}

/** Where runs of this working directory live. */
export const runsPath = (root: string): string => join(root, '.lienmesh', 'runs')

/** Creates the directory of a new run. The supervisor is this process. */
export function createRun(root: string, scenario: string, seed: number): RunDirectory {
  const id = randomBytes(2).toString('hex')
  const path = join(runsPath(root), id)
  mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 })
  const supervisor = { name: 'supervisor', pid: process.pid, started: startOf(process.pid) ?? '' }
  const createdAt = new Date().toISOString()
  return open(path, { id, scenario, seed, createdAt, phase: 'setting-up', chains: [], supervisor, processes: [] })
}

/** Every run on record, newest first. A directory without a readable record is left out. */
export function listRuns(root: string): readonly RunDirectory[] {
  const runs = runsPath(root)
  if (!existsSync(runs)) return []
  const records = readdirSync(runs).flatMap((id) => readRecord(join(runs, id)))
  return records
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map((record) => open(join(runs, record.id), record))
}

/** Ends what dead supervisors left behind and forgets all but the newest runs. */
export function sweepRuns(
  root: string,
  keep: number,
): readonly { readonly run: string; readonly pids: readonly number[] }[] {
  const dead = listRuns(root).filter((run) => !isAlive(run.record().supervisor))
  const swept = dead.map((run) => {
    const orphans = run.record().processes.filter(isAlive)
    for (const orphan of orphans) killQuietly(orphan.pid)
    if (run.record().phase !== 'ended') run.update({ phase: 'ended' })
    return { run: run.id, pids: orphans.map((orphan) => orphan.pid) }
  })
  for (const run of dead.slice(keep)) rmSync(run.path, { recursive: true, force: true })
  return swept.filter((entry) => entry.pids.length > 0)
}

/** Whether this very process still runs: a reused pid has another start time. */
export const isAlive = (record: ProcessRecord): boolean =>
  record.started !== '' && startOf(record.pid) === record.started

/** When a process started, in the system's own words; undefined when there is none (or it is a zombie). */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    }
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined // no such process: that is the answer
  }
}

function open(path: string, initial: RunRecord): RunDirectory {
  let record = initial
  const update = (change: Partial<RunRecord>): void => {
    record = { ...record, ...change }
    const place = join(path, 'run.json')
    writeFileSync(`${place}.new`, JSON.stringify(record, null, 2))
    renameSync(`${place}.new`, place)
  }
  if (!existsSync(join(path, 'run.json'))) update({})
  const file = (...parts: readonly string[]): string => {
    const place = join(path, ...parts)
    mkdirSync(join(place, '..'), { recursive: true, mode: 0o700 })
    return place
  }
  return { id: record.id, path, record: () => record, update, file }
}

function readRecord(path: string): readonly RunRecord[] {
  try {
    const record: RunRecord = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
    return [record]
  } catch {
    return [] // a run killed before its first record: nothing was started yet
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone between the look and the kill
  }
}
