// lienmesh new strategy NAME: the two files that an author starts from.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configError, EXIT } from '../domain/errors.ts'
import { scaffold } from '../kit/author/scaffold.ts'
import { command, toggle } from './command.ts'

/** Writes a strategy and its test. Replaces nothing without --force. */
export const newStrategy = command({
  options: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: 'expected lower-case words with hyphens, such as calm-maker' })
      .describe('Its name: lower-case words with hyphens.'),
    out: z.string().min(1).default('strategies').describe('The folder of the files.'),
    force: toggle.describe('Replace files that exist.'),
  }),
  positionals: ['name'],
  examples: ['lienmesh new strategy calm-maker'],
  run: async ({ name, out, force }, { print, json }) => {
    const folder = resolve(out)
    const drafts = scaffold(name, { api: importOf(folder, '../strategy.ts'), kit: importOf(folder, '../kit') })
    const [present] = drafts.filter(({ file }) => existsSync(join(folder, file)))
    if (present !== undefined && !force)
      throw configError(
        'E_EXISTS',
        `${join(out, present.file)} exists`,
        'Choose another name, or pass --force to replace it.',
      )
    mkdirSync(folder, { recursive: true })
    for (const { file, text } of drafts) writeFileSync(join(folder, file), text)
    const files = drafts.map(({ file }) => join(out, file))
    if (json) print(JSON.stringify({ type: 'created', files }))
    else for (const line of nextSteps(name, files)) print(line)
    return EXIT.ok
  },
})

/** How a file in that folder names one of ours. */
function importOf(folder: string, ours: string): string {
  const target = resolve(dirname(fileURLToPath(import.meta.url)), ours)
  const path = relative(folder, target).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

const nextSteps = (name: string, [strategy = '', test = '']: readonly string[]): readonly string[] => [
  `✔ ${strategy}`,
  `✔ ${test}`,
  '',
  `  npx vitest run ${name}                            its test`,
  `  lienmesh strategies verify ./${strategy}   the same checks, in words`,
  `  lienmesh backtest ./${strategy} --prices FILE`,
]
