// What sessions left behind: the lines of every log and record file of a run, and the network it ran on.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, LienmeshError, usageError } from '../domain/errors.ts'
import { listRuns } from '../swarm/run-directory.ts'

/** One session: a run directory, or a file by itself. */
export type Session = { readonly name: string; readonly files: readonly string[]; readonly network: string | undefined }

/** The sessions named, with commas between; the newest run of this directory when none is. */
export function sessionsOf(asked: string | undefined): readonly Session[] {
  if (asked !== undefined)
    return asked
      .split(',')
      .filter((one) => one !== '')
      .map(sessionAt)
  const newest = listRuns(process.cwd())[0]?.path
  if (newest !== undefined) return [sessionAt(newest)]
  const fix = 'Start one with lienmesh swarm up, or name a directory or a file with --session.'
  throw new LienmeshError('E_NO_RUN', 'no run in this directory', { remedy: 'fix-config', exit: EXIT.notRunning, fix })
}

/** Every line that is not empty, with its place. */
export function* linesOf({ files }: Session): Generator<{ readonly text: string; readonly place: string }> {
  for (const file of files)
    for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries())
      if (text.trim() !== '') yield { text, place: `${file}:${index + 1}` }
}

/** Names of files that may hold records or events. */
const HOLDS_LINES = /\.(ndjson|jsonl|log)$/

function sessionAt(name: string): Session {
  try {
    if (!statSync(name).isDirectory()) return { name, files: [name], network: undefined }
    const below = readdirSync(name, { recursive: true, encoding: 'utf8' })
    const files = below
      .filter((file) => HOLDS_LINES.test(file))
      .sort()
      .map((file) => join(name, file))
    const network = join(name, 'network.json')
    return { name, files, network: existsSync(network) ? network : undefined }
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    const fix = 'Name a run directory, or a file of records, one per line.'
    throw usageError('E_RISK_INPUT', `cannot read ${name}: ${found}`, fix)
  }
}
