// lienmesh new strategy NAME: the files that an author starts from.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configError, EXIT } from '../domain/errors.ts'
import { packageDraft, packageName } from '../kit/author/package-draft.ts'
import { scaffold } from '../kit/author/scaffold.ts'
import { command, toggle } from './command.ts'

/** Writes a strategy and its test, or a package that can be published. Replaces nothing without --force. */
export const newStrategy = command({
  options: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: 'expected lower-case words with hyphens, such as calm-maker' })
      .describe('Its name: lower-case words with hyphens.'),
    package: toggle.describe('Write a package to publish, in a folder of its own.'),
    out: z.string().min(1).default('strategies').describe('The folder of the files.'),
    force: toggle.describe('Replace files that exist.'),
  }),
  positionals: ['name'],
  examples: ['lienmesh new strategy calm-maker', 'lienmesh new strategy calm-maker --package --out .'],
  run: async ({ name, package: publishable, out, force }, { print, json }) => {
    const place = publishable ? join(out, packageName(name)) : out
    const folder = resolve(place)
    const drafts = publishable
      ? packageDraft(name, ownVersion())
      : scaffold(name, { api: importOf(folder, '../strategy.ts'), kit: importOf(folder, '../kit') })
    const [present] = drafts.filter(({ file }) => existsSync(join(folder, file)))
    if (present !== undefined && !force)
      throw configError(
        'E_EXISTS',
        `${join(place, present.file)} exists`,
        'Choose another name, or pass --force to replace it.',
      )
    for (const { file, text } of drafts) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const files = drafts.map(({ file }) => join(place, file))
    if (json) print(JSON.stringify({ type: 'created', files }))
    else for (const line of publishable ? packageSteps(place, files) : nextSteps(files)) print(line)
    return EXIT.ok
  },
})

/** How a file in that folder names one of ours. */
function importOf(folder: string, ours: string): string {
  const target = resolve(dirname(fileURLToPath(import.meta.url)), ours)
  const path = relative(folder, target).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** Ours, as the package manager knows it. */
const ownVersion = (): string =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version

const nextSteps = ([strategy = '', test = '']: readonly string[]): readonly string[] => [
  `✔ ${strategy}`,
  `✔ ${test}`,
  '',
  `  node --test ${test}        its test`,
  `  lienmesh strategies verify ./${strategy}   the same checks, in words`,
  `  lienmesh backtest ./${strategy} --prices FILE`,
]

const packageSteps = (place: string, files: readonly string[]): readonly string[] => [
  ...files.map((file) => `✔ ${file}`),
  '',
  `  cd ${place}`,
  '  npm install            lienmesh beside it',
  '  npm test               erases the types, then verifies it in its box',
  '  npm publish',
]
