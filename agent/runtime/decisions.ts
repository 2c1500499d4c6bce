// What was decided, read back from journals: of one agent, or of every agent of a run.
import type { Decision } from '../domain/liquidation.ts'
import type { Journal } from '../ports/journal.ts'
import { askJournals } from './journals.ts'

/** A decision and the agent that made it, named by its directory. */
export type Recorded = Decision & { readonly agent: string }

type Filter = Parameters<Journal['decisions']>[0]

/** Decisions of every journal below a folder, oldest first. Throws E_NO_JOURNAL when there is none. */
export async function readDecisions(folder: string, filter: Filter): Promise<readonly Recorded[]> {
  const all = await askJournals(folder, {
    read: (journal) => journal.decisions(filter),
    question: { ask: 'decisions', filter },
    said: (answer): readonly Decision[] =>
      typeof answer === 'object' && answer !== null && 'decisions' in answer ? (answer.decisions as Decision[]) : [],
  })
  return all.flatMap(({ agent, found }) => found.map((one) => ({ ...one, agent }))).sort((a, b) => a.at - b.at)
}
