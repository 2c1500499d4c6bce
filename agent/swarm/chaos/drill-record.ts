// What the drills found so far, so that they can be interrupted: one file for one state of the sources.
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { programRoot } from './source-copy.ts'

/** What came of one agent. A sound one has no findings. */
export type Found = { readonly name: string; readonly drill: string; readonly findings: readonly string[] }

export type DrillRecord = {
  /** What was found of this agent by this drill; undefined when it was not tried yet. */
  read(name: string, drill: string): Found | undefined
  keep(found: Found): void
}

export type DrillRecordOptions = { readonly folder?: string; readonly resume: boolean }

/** The record of the sources as they are now. Without `resume` it begins anew. */
export function openDrillRecord({ folder = '.', resume }: DrillRecordOptions): DrillRecord {
  const path = join(resolve(folder), '.lienmesh', 'chaos', `drills-${sourceHash().slice(0, 12)}.json`)
  if (!resume) rmSync(path, { force: true })
  mkdirSync(join(path, '..'), { recursive: true })
  // Written below, by ourselves.
  const known: Found[] = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Found[]) : []
  return {
    read: (name, drill) => known.find((one) => one.name === name && one.drill === drill),
    keep: (found) => {
      known.push(found)
      writeFileSync(`${path}.new`, JSON.stringify(known, undefined, 2))
      renameSync(`${path}.new`, path)
    },
  }
}

/** Of everything that a drill runs: another state of it has another record. */
function sourceHash(): string {
  const files = ['agent', 'config', 'strategies'].flatMap((part) =>
    readdirSync(join(programRoot, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name)),
  )
  return hash(
    'sha256',
    files
      .sort()
      .map((file) => `${file}\n${readFileSync(file, 'utf8')}`)
      .join('\n'),
  )
}
