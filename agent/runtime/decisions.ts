// What was decided, read back from journals: of one agent, or of every agent of a run.
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openSqliteJournal } from '../adapters/store/sqlite-journal.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import type { Decision } from '../domain/liquidation.ts'
import type { Journal } from '../ports/journal.ts'
import { askAgent } from './control.ts'

/** A decision and the agent that made it, named by its directory. */
export type Recorded = Decision & { readonly agent: string }

type Filter = Parameters<Journal['decisions']>[0]

/** Decisions of every journal below a folder, oldest first. Throws E_NO_JOURNAL when there is none. */
export async function readDecisions(folder: string, filter: Filter): Promise<readonly Recorded[]> {
  const files = journalsBelow(folder)
  if (files.length === 0) throw noJournal(folder)
  const found = await Promise.all(files.map((file) => decisionsOf(file, filter)))
  return found.flat().sort((a, b) => a.at - b.at)
}

/** From the file; from the agent itself while it holds the file. */
async function decisionsOf(file: string, filter: Filter): Promise<readonly Recorded[]> {
  const agent = agentOf(file)
  return (await heldDecisions(file, filter)).map((decision) => ({ ...decision, agent }))
}

async function heldDecisions(file: string, filter: Filter): Promise<readonly Decision[]> {
  try {
    const journal = openSqliteJournal({ path: file })
    try {
      return journal.decisions(filter)
    } finally {
      journal.close()
    }
  } catch (error) {
    if (!(error instanceof LienmeshError) || error.code !== 'E_LOCKED') throw error
    return askAgent(dirname(file), { ask: 'decisions', filter }).then(decisionsIn, () => {
      throw error
    })
  }
}

/** Our own agent's words, over a socket that only its owner reaches. */
const decisionsIn = (said: unknown): readonly Decision[] =>
  typeof said === 'object' && said !== null && 'decisions' in said ? (said.decisions as readonly Decision[]) : []

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
