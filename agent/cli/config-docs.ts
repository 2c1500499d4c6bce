// lienmesh config docs: the reference below docs/, written from the schemas so that it cannot disagree with them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configReference, jsonSchema } from '../../config/reference.ts'
import { scenarioReference } from '../../config/scenario-reference.ts'
import { loadSuite } from '../../config/suite.ts'
import { openApiText } from '../console/http/openapi.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { command, type Entry, toggle } from './command.ts'
import { commandReference, errorReference } from './reference.ts'

/** Writes every generated page, or with --check only says whether one is out of date. */
export const configDocs = command({
  options: z.strictObject({
    out: z.string().min(1).default('docs/reference').describe('Folder to write to.'),
    check: toggle.describe('Write nothing; fail when a page is out of date.'),
  }),
  run: async (options, context) => {
    const said = bringUpToDate(await allPages(context.commands), options)
    context.print(
      context.json ? JSON.stringify({ type: 'docs', ...said }) : `✔ ${said.pages} pages, ${said.changed} changed`,
    )
    return EXIT.ok
  },
})

/** Writes those of some generated files that differ; with `check`, E_DOCS if any does. */
export function bringUpToDate(
  contents: Readonly<Record<string, string>>,
  { out, check }: { readonly out: string; readonly check: boolean },
): { readonly pages: number; readonly changed: number } {
  const pages = Object.entries(contents).map(([name, text]) => ({ file: join(out, name), text }))
  const stale = pages.filter(({ file, text }) => contentOf(file) !== text)
  if (check && stale.length > 0) throw outOfDate(stale.map(({ file }) => file))
  for (const { file, text } of stale) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return { pages: pages.length, changed: stale.length }
}

const allPages = async (commands: readonly Entry[]): Promise<Readonly<Record<string, string>>> => ({
  'parameters.md': await parameters(),
  'campaigns.md': await campaigns(),
  'config.md': configReference(),
  'cli.md': await commandReference(commands),
  'errors.md': errorReference(),
  'scenarios.md': scenarioReference(),
  'agent.schema.json': `${jsonSchema('agent')}\n`,
  'scenario.schema.json': `${jsonSchema('scenario')}\n`,
  'openapi.json': openApiText(),
  'suite.schema.json': `${jsonSchema('suite')}\n`,
})

/** The chains file that comes with the program, and what it would deploy. */
async function parameters(): Promise<string> {
  const { parameterPage } = await import('../suite/parameters.ts')
  return parameterPage(loadSuite(fileURLToPath(new URL('../../config/suite-reference.yaml', import.meta.url))))
}

/** Fault campaigns that are on record next to this page. */
async function campaigns(): Promise<string> {
  const { campaignPage } = await import('./campaign-page.ts')
  return campaignPage(fileURLToPath(new URL('../../docs/campaigns', import.meta.url)))
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // Not written yet: out of date.
  }
}

const outOfDate = (files: readonly string[]): LienmeshError =>
  new LienmeshError('E_DOCS', `out of date: ${files.join(', ')}`, {
    remedy: 'fix-config',
    exit: EXIT.assertion,
    fix: 'npm run docs:generate, and commit the result.',
  })
