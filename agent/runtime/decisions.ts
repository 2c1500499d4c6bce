// What was decided, read back from journals: of one agent, or of every agent of a run.
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openSqliteJournal } from '../adapters/store/sqlite-journal.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import type { Decision } from '../domain/liquidation.ts'
import type { Journal } from '../ports/journal.ts'

/** A decision and the agent that made it, named by its directory. */
export type Recorded = Decision & { readonly agent: string }

/** Decisions of every journal below a folder, oldest first. Throws E_NO_JOURNAL when there is none. */
export function readDecisions(folder: string, filter: Parameters<Journal['decisions']>[0]): readonly Recorded[] {
  const files = journalsBelow(folder)
  if (files.length === 0) throw noJournal(folder)
  return files.flatMap((file) => decisionsOf(file, filter)).sort((a, b) => a.at - b.at)
}

function decisionsOf(file: string, filter: Parameters<Journal['decisions']>[0]): readonly Recorded[] {
  const journal = openSqliteJournal({ path: file })
  try {
    const agent = agentOf(file)
    return journal.decisions(filter).map((decision) => ({ ...decision, agent }))
  } finally {
    journal.close()
  }
}

/** `house-1` for both `house-1/journal.db` and `house-1/data/journal.db`. */
const agentOf = (file: string): string => {
  const folder = dirname(file)
  return basename(folder) === 'data' ? basename(dirname(folder)) : basename(folder)
}

function journalsBelow(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return files
      .filter((file) => /(^|\/)journal\.(db|sqlite)$/.test(file))
      .map((file) => join(folder, file))
      .sort()
  } catch {
    return [] // No such folder: the caller says that nothing was found there.
  }
}

const noJournal = (folder: string): LienmeshError =>
  new LienmeshError('E_NO_JOURNAL', `no journal below ${folder}`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Name a run directory or a data directory with --from, or start one: lienmesh swarm up.',
  })
