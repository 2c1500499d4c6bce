import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadStrategy } from '../../../agent/runtime/plugins.ts'
import { check, parseSource } from '../../../config/document.ts'
import { agentConfig } from '../../../config/schema.ts'
import { temporaryFolder } from '../../support/config-file.ts'
import { root } from '../../support/cruise.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The first block of a language in the README. */
function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? []
  if (text === undefined) throw new Error(`the README has no ${language} block`)
  return text
}

describe('the README', () => {
  test('shows a strategy that loads', async () => {
    const file = join(temporaryFolder(), 'min-return.ts')
    writeFileSync(file, block('ts').replace('../agent/strategy.ts', join(root, 'agent/strategy.ts')))
    const { strategy, params } = await loadStrategy(file, {})
    expect([strategy.name, params]).toEqual(['min-return', { minReturn: 0.01 }])
  })

  test('shows a config that is valid once the addresses are filled in', () => {
    const text = block('yaml').replaceAll('0x…', `0x${'0'.repeat(40)}`)
    expect(check(parseSource('README.md', text), agentConfig).risk.minNet).toBe(5n * 10n ** 18n)
  })
})

test('every link between the documents leads somewhere', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ]
  const broken = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) =>
        join(dirname(page), to ?? ''),
      ),
    )
    .filter((file) => !existsSync(join(root, file)))
  expect(broken).toEqual([])
})
