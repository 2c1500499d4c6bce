// lienmesh replay: a recorded session decided again, and every decision that came out differently.
import { z } from 'zod'
import { agentConfig } from '../../config/schema.ts'
import { EXIT } from '../domain/errors.ts'
import type { Decision } from '../domain/liquidation.ts'
import { type Difference, differences, replay as replayed } from '../kit/session/replay.ts'
import { readSession } from '../kit/session/session.ts'
import { command, toggle, wholeNumber } from './command.ts'
import { dollars, json, saidOf, timeOfDay } from './format.ts'

/** Decides again. With --diff, any difference is a failed assertion. */
export const replay = command({
  options: z.strictObject({
    session: z.string().min(1).describe('A file that lienmesh record has written.'),
    diff: toggle.describe('List what is decided differently; exit with 6 when anything is.'),
    strategy: z.string().optional().describe('A strategy in place of those that ran: a built-in name or a file.'),
    limit: wholeNumber.default(20).describe('At most so many differences in words.'),
  }),
  positionals: ['session'],
  examples: ['lienmesh replay house-1.session.gz --diff', 'lienmesh replay house-1.session.gz --strategy ./mine.ts'],
  run: async ({ session: file, diff, strategy, limit }, context) => {
    const session = readSession(file)
    const started = performance.now()
    const again = await replayed(session, strategy === undefined ? undefined : seatOf(strategy))
    const found = differences(session.decisions, again.decisions)
    const summary = {
      type: 'replay',
      agent: session.agent,
      inputs: session.inputs.length,
      decisions: { was: session.decisions.length, now: again.decisions.length },
      differences: found.length,
      decisionsHash: again.decisionsHash,
      wallSeconds: Number(((performance.now() - started) / 1_000).toFixed(3)),
    }
    if (diff && context.json) for (const one of found) context.print(json({ type: 'difference', ...one }))
    if (diff && !context.json) for (const line of listed(found, limit)) context.print(line)
    context.print(context.json ? json(summary) : inWords(summary))
    return diff && found.length > 0 && strategy === undefined ? EXIT.assertion : EXIT.ok
  },
})

const seatOf = (use: string) => agentConfig.shape.strategies.parse([{ use }])

type Summary = {
  readonly agent: string
  readonly inputs: number
  readonly decisions: { readonly was: number; readonly now: number }
  readonly differences: number
}

const inWords = ({ agent, inputs, decisions, differences: found }: Summary): string =>
  `${agent}: ${inputs} inputs decided again, ${decisions.now} decisions (${decisions.was} then), ${found} different`

function* listed(found: readonly Difference[], limit: number): Generator<string> {
  for (const { was, now } of found.slice(0, limit)) {
    const at = was ?? now
    if (at === undefined) continue
    yield `${timeOfDay(at.at)}  ${at.candidate} (${at.strategy})`
    yield `    then: ${was === undefined ? 'nothing' : decided(was)}`
    yield `    now:  ${now === undefined ? 'nothing' : decided(now)}`
  }
  if (found.length > limit) yield `and ${found.length - limit} more; --limit shows them`
}

const decided = (one: Decision): string => `${saidOf(one)}, net ${dollars(one.net)}`
