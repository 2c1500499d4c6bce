// The files that a publishable strategy starts as: a module that a box evaluates, its test, and how it is published.
import type { Draft } from './scaffold.ts'

/** What packages with strategies call themselves. */
export const packageName = (name: string): string =>
  name.startsWith('lienmesh-strategy-') ? name : `lienmesh-strategy-${name}`

/** A package, relative to its own folder. `version` is of lienmesh. */
export const packageDraft = (name: string, version: string): readonly Draft[] => [
  { file: 'package.json', text: manifest(name, version) },
  { file: 'src/strategy.ts', text: strategyText(name) },
  { file: 'build.js', text: BUILD },
  { file: 'test/strategy.test.js', text: testText(name) },
  { file: 'README.md', text: readme(name) },
  { file: '.gitignore', text: 'node_modules\ndist\n' },
]

const manifest = (name: string, version: string): string =>
  `${JSON.stringify(
    {
      name: packageName(name),
      version: '0.1.0',
      description: `A liquidation strategy for lienmesh: ${name}`,
      license: 'MIT',
      type: 'module',
      main: 'dist/strategy.js',
      files: ['dist', 'README.md'],
      keywords: ['lienmesh-strategy'],
      scripts: {
        build: 'node --no-warnings build.js',
        test: 'npm run build && node --test test/*.test.js',
        prepublishOnly: 'npm test',
      },
      peerDependencies: { lienmesh: `^${version}` },
    },
    undefined,
    2,
  )}\n`

const strategyText = (
  name: string,
): string => `// Says in one line what ${name} is good for. One module, whose only import is the API: it runs in a box.
import { API_VERSION, after, defineStrategy, millis, z } from 'lienmesh/strategy'
import type { Answer } from 'lienmesh/strategy'

/** Becomes the config's \`params\`, checked and with its defaults filled in. What is marked live may change while it runs. */
const params = z.strictObject({
  minNet: z.coerce.bigint().nonnegative().default(0n).meta({ live: true }).describe('Least net value of a bid in dollars (wad).'),
})

export const strategy = defineStrategy<z.infer<typeof params>>({
  name: '${name}',
  apiVersion: API_VERSION,
  params,
  decide: (view, { minNet }) =>
    view.candidates.flatMap(({ quotes }): Answer[] => {
      const [best] = quotes
      if (best === undefined) return []
      if (best.net > minNet) return [{ kind: 'take', quote: best, reason: 'pays for its gap' }]
      return [{ kind: 'postpone', quote: best, until: after(view.now, millis(1_000)), reason: 'does not pay for its gap yet' }]
    }),
})
`

/** Types are erased by Node itself: what is published is the same module without them. */
const BUILD = `// Erases the types: what is published is JavaScript.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

const lines = stripTypeScriptTypes(readFileSync('src/strategy.ts', 'utf8')).split('\\n')
mkdirSync('dist', { recursive: true })
writeFileSync('dist/strategy.js', lines.map((line) => line.trimEnd()).join('\\n'))
`

const testText = (
  name: string,
): string => `// Asks lienmesh what it would ask before it runs a package: in its box, in a simulated market.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

const lienmesh = process.env.LIENMESH ?? 'lienmesh'

test('${name} loads in its box, is deterministic, fast, keeps to itself and answers properly', () => {
  const [program, ...args] = lienmesh.split(' ')
  const said = execFileSync(program, [...args, 'strategies', 'verify', '.', '--json'], { encoding: 'utf8' })
  const findings = said.trim().split('\\n').map((line) => JSON.parse(line))
  assert.deepEqual(findings.filter(({ holds }) => !holds), [])
})
`

const readme = (name: string): string => `# ${packageName(name)}

A strategy for [lienmesh](https://www.npmjs.com/package/lienmesh). Say here which liquidations it takes, and which it leaves.

\`\`\`sh
npm test                                   # erases the types, then asks lienmesh whether it is what the API asks for
npm publish                                # the keyword lienmesh-strategy makes it found
\`\`\`

Whoever uses it installs it beside lienmesh and names it in the config of an agent:

\`\`\`yaml
strategies:
  - { use: ${packageName(name)}, share: 20 %, params: { minNet: 0 } }
\`\`\`

It runs in a process of its own, without files, network, clock or chance. \`lienmesh strategies info ${packageName(name)}\` lists its
parameters.
`
