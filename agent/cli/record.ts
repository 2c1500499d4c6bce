// lienmesh record: the last run of agents as files that can be decided again, by anybody and without their keys.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { recordings } from '../kit/session/recording.ts'
import { sessionFile } from '../kit/session/session.ts'
import { command } from './command.ts'
import { from, journalFolder } from './journal-source.ts'

/** Writes one session per agent that has a journal. */
export const record = command({
  options: z.strictObject({
    from,
    out: z.string().min(1).default('sessions').describe('The directory that the sessions are written to.'),
    agent: z.string().optional().describe('Only this agent.'),
  }),
  examples: ['lienmesh record --from .lienmesh/runs/7f3a', 'lienmesh record --agent house-1 --out ./mine'],
  run: async ({ from: asked, out, agent }, context) => {
    const found = recordings(journalFolder(asked), agent)
    mkdirSync(out, { recursive: true })
    for (const session of found) {
      const file = join(out, `${session.agent}.session.gz`)
      writeFileSync(file, sessionFile(session), { mode: 0o600 })
      const counts = { inputs: session.inputs.length, decisions: session.decisions.length }
      context.print(
        context.json
          ? JSON.stringify({ type: 'session', agent: session.agent, file, ...counts })
          : `${file}: ${counts.inputs} inputs, ${counts.decisions} decisions`,
      )
    }
    return EXIT.ok
  },
})
