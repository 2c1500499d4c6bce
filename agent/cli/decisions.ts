// lienmesh decisions: what was decided, taken or not, and why.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { readDecisions } from '../runtime/decisions.ts'
import { command, toggle, wholeNumber } from './command.ts'
import { dollars, json, timeOfDay } from './format.ts'
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
    const found = readDecisions(journalFolder(options.from), { ...(kind && { kind }), ...(limit && { limit }) })
    if (options.count) {
      const counted = Map.groupBy(found, (one) => `${one.kind}\t${one.reason}`)
      for (const [key, group] of counted) {
        const [decided, reason] = key.split('\t')
        context.print(
          context.json
            ? json({ type: 'count', kind: decided, reason, count: group.length })
            : `${String(group.length).padStart(7)}  ${decided} ${reason}`,
        )
      }
      return EXIT.ok
    }
    for (const one of found) {
      const line = `${timeOfDay(one.at)}  ${one.agent.padEnd(11)} ${one.kind.padEnd(8)} ${one.candidate}  ${one.reason}, net ${dollars(one.net)}`
      context.print(context.json ? json({ type: 'decision', ...one }) : line)
    }
    return EXIT.ok
  },
})
