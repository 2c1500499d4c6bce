// lienmesh strategies verify SPEC: is it what the API asks for? Decides in a simulated world; nothing is sent.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { verify } from '../kit/author/verify.ts'
import { command } from './command.ts'

/** One line per check; exit status 6 when one does not hold. */
export const strategiesVerify = command({
  options: z.strictObject({ strategy: z.string().min(1).describe('A built-in name or a file.') }),
  positionals: ['strategy'],
  examples: ['lienmesh strategies verify gap-aware', 'lienmesh strategies verify ./strategies/mine.ts --json'],
  run: async ({ strategy }, { print, json }) => {
    const findings = await verify({ use: strategy, params: {} })
    for (const { check, holds, found } of findings)
      print(
        json
          ? JSON.stringify({ type: 'check', check, holds, found })
          : `${holds ? '✔' : '✖'} ${check.padEnd(18)} ${found}`,
      )
    return findings.every(({ holds }) => holds) ? EXIT.ok : EXIT.assertion
  },
})
