// lienmesh why ID: everything that was decided about one account, by every agent, in order.
import { z } from 'zod'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { type Recorded, readDecisions } from '../runtime/decisions.ts'
import { command } from './command.ts'
import { dollars, json, saidOf, timeOfDay } from './format.ts'
import { from, journalFolder } from './journal-source.ts'

/** Explains the decisions about an account (or a candidate), given any unambiguous beginning of its address. */
export const why = command({
  options: z.strictObject({
    id: z.string().min(3).describe('An account, or a candidate as decisions prints it; its beginning is enough.'),
    from,
  }),
  positionals: ['id'],
  examples: ['lienmesh why 0x5aAe', 'lienmesh why 0x5aAe --from .lienmesh/runs/7f3a'],
  run: async (options, context) => {
    const folder = journalFolder(options.from)
    const found = (await readDecisions(folder, {})).filter((one) => concerns(one, options.id.toLowerCase()))
    if (found.length === 0) throw nothing(options.id, folder)
    for (const one of found) context.print(context.json ? json({ type: 'decision', ...one }) : explain(one))
    return EXIT.ok
  },
})

const concerns = (one: Recorded, id: string): boolean =>
  one.account.toLowerCase().startsWith(id) || one.candidate.toLowerCase().startsWith(id)

function explain(one: Recorded): string {
  const share = one.fraction === undefined ? '' : `${one.fraction / 100} % `
  const route = one.route === undefined ? '' : `by ${one.route} `
  const gap =
    one.gap === undefined ? '' : `, gap premium ${dollars(one.gap.premium)} (ES ${dollars(one.gap.shortfall)})`
  const carried = one.carried === undefined ? '' : `\n    ${carriedText(one.carried)}`
  const head = `${timeOfDay(one.at)}  ${one.agent} (${one.strategy}) ${saidOf(one)} ${share}${route}`.trimEnd()
  return `${head}\n    ${one.detail}\n    net ${dollars(one.net)}${gap}${carried}`
}

/** What was carried already, and how far its tails were only added up. */
function carriedText({ shortfall, limit, rows }: NonNullable<Recorded['carried']>): string {
  const how = rows === 0 ? 'added up: no scenarios yet' : `over ${rows} scenarios`
  return `carried: ES ${dollars(shortfall)} of ${dollars(limit)}, ${how}`
}

const nothing = (id: string, folder: string): LienmeshError =>
  new LienmeshError('E_NOT_FOUND', `no decision about ${id} in ${folder}`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'See lienmesh decisions for what there is; an account that stayed healthy is never decided about.',
  })
