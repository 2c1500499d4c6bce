// Journals of stopped and running agents, read alike: from the file, or from the agent itself while it holds the file.
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openSqliteJournal } from '../adapters/store/sqlite-journal.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import type { Journal } from '../ports/journal.ts'
import { askAgent, type Question } from './control.ts'

/** One thing to know of a journal, and how the agent that holds it is asked for the same. */
export type Inquiry<T> = {
  readonly read: (journal: Journal) => T
  readonly question: Question
  /** What our own agent answered, over a socket that only its owner reaches. */
  readonly said: (answer: unknown) => T
}

/** Answers of every journal below a folder, with the agent that each belongs to. Throws E_NO_JOURNAL when there is none. */
export async function askJournals<T>(
  folder: string,
  inquiry: Inquiry<T>,
): Promise<readonly { readonly agent: string; readonly found: T }[]> {
  const files = journalsIn(folder)
  if (files.length === 0) throw noJournal(folder)
  return Promise.all(files.map(async ({ agent, file }) => ({ agent, found: await askJournal(file, inquiry) })))
}

/** Every journal below a folder, with the agent that it belongs to. */
export const journalsIn = (folder: string): readonly { readonly agent: string; readonly file: string }[] =>
  journalsBelow(folder).map((file) => ({ agent: agentOf(file), file }))

async function askJournal<T>(file: string, { read, question, said }: Inquiry<T>): Promise<T> {
  try {
    const journal = openSqliteJournal({ path: file })
    try {
      return read(journal)
    } finally {
      journal.close()
    }
  } catch (error) {
    if (!(error instanceof LienmeshError) || error.code !== 'E_LOCKED') throw error
    return askAgent(dirname(file), question).then(said, () => {
      throw error
    })
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

/** There is no journal where one was looked for. */
export const noJournal = (folder: string): LienmeshError =>
  new LienmeshError('E_NO_JOURNAL', `no journal below ${folder}`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Name a run directory or a data directory with --from, or start one: lienmesh swarm up.',
  })
