// What a journal tells of its last run: from where the core was told its setup, to the end of the log.
import { openSqliteJournal, type SqliteJournal } from '../../adapters/store/sqlite-journal.ts'
import type { Input } from '../../core/core.ts'
import { configError } from '../../domain/errors.ts'
import { journalsIn, noJournal } from '../../runtime/journals.ts'
import type { Start } from '../../runtime/start.ts'
import type { Session } from './session.ts'

/** The last run that a journal holds. Throws E_SESSION when it holds none that can be decided again. */
export function recordedIn(journal: Pick<SqliteJournal, 'inputs' | 'decisions'>, agent: string): Session {
  let start: Start | undefined
  let inputs: Input[] = []
  for (const entry of journal.inputs()) {
    if (isStart(entry)) [start, inputs] = [entry, []]
    else inputs.push(entry as Input)
  }
  if (start === undefined)
    throw configError(
      'E_SESSION',
      `the journal of ${agent} does not say what its core was told at the start`,
      'It was written before runs could be recorded: run the agent again.',
    )
  // The newest come first.
  return { agent, start, inputs, decisions: journal.decisions({ since: start.at }).toReversed() }
}

const isStart = (entry: unknown): entry is Start =>
  typeof entry === 'object' && entry !== null && 'kind' in entry && entry.kind === 'started'

/** The last run of every stopped agent below a folder, or of one of them. Throws E_NO_JOURNAL, E_LOCKED or E_SESSION. */
export function recordings(folder: string, agent: string | undefined): readonly Session[] {
  const files = journalsIn(folder).filter((one) => agent === undefined || one.agent === agent)
  if (files.length === 0) throw noJournal(agent === undefined ? folder : `${folder} of ${agent}`)
  return files.map((one) => {
    const journal = openSqliteJournal({ path: one.file })
    try {
      return recordedIn(journal, one.agent)
    } finally {
      journal.close()
    }
  })
}
