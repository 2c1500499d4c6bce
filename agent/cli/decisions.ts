// lienmesh decisions: what was decided, taken or not, and why.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { type Recorded, readDecisions } from '../runtime/decisions.ts'
import { command, toggle, wholeNumber } from './command.ts'
import { dollars, json, saidOf, timeOfDay } from './format.ts'
import { from, journalFolder } from './journal-source.ts'

/** Lists decisions, or counts them by kind and reason. */
export const decisions = command({
  options: z.strictObject({
    kind: z.enum(['take', 'postpone', 'skip']).optional().describe('Only these.'),
    limit: wholeNumber.optional().describe('At most so many per agent.'),
    count: toggle.describe('Count by kind and reason instead of listing.'),
    from,
  }),
  examples: ['lienmesh decisions --kind take', 'lienmesh decisions --count'],
  run: async (options, context) => {
    const { kind, limit } = options
    const found = await readDecisions(journalFolder(options.from), { ...(kind && { kind }), ...(limit && { limit }) })
    const lines = options.count ? counts(found) : found.map(listed)
    for (const { text, object } of lines) context.print(context.json ? json(object) : text)
    return EXIT.ok
  },
})

type Line = { readonly text: string; readonly object: object }

function listed(one: Recorded): Line {
  const head = `${timeOfDay(one.at)}  ${one.agent.padEnd(11)} ${one.kind.padEnd(8)} ${one.candidate}`
  return { text: `${head}  ${one.reason}, net ${dollars(one.net)}`, object: { type: 'decision', ...one } }
}

/** How often each kind of decision was made for each reason, most frequent first. */
function counts(found: readonly Recorded[]): readonly Line[] {
  const groups = [...Map.groupBy(found, saidOf)].sort(([, a], [, b]) => b.length - a.length)
  return groups.map(([said, { length: count }]) => ({
    text: `${String(count).padStart(7)}  ${said}`,
    object: { type: 'count', said, count },
  }))
}
