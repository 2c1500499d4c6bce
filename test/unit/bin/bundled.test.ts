import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

/** The launcher is plain JavaScript. */
type Launcher = {
  readonly HOME: string
  bundledIn(root: string): unknown
  hashOf(root: string, sources: readonly string[]): string
}
const launcher: Launcher = await import(new URL('../../../bin/bundled.js', import.meta.url).href)
const { HOME, bundledIn, hashOf } = launcher

const place = mkdtempSync(join(tmpdir(), 'lienmesh-bundle-'))
afterAll(() => rmSync(place, { recursive: true }))

const SOURCES = ['agent/main.ts', 'agent/scan.ts']

/** An installation of two sources and a bundle of them. */
function installation(name: string) {
  const root = join(place, name)
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  for (const source of SOURCES) write(source, `// ${source}`)
  write('node_modules/.package-lock.json', '{"viem": 1}')
  write(join(HOME, 'built', 'main.mjs'), '')
  const manifest = { root, main: 'built/main.mjs', sources: SOURCES, hash: hashOf(root, SOURCES) }
  write(join(HOME, 'bundle.json'), JSON.stringify(manifest))
  return { root, write }
}

it('starts from the bundle while the sources say what it says', () => {
  const { root } = installation('fresh')
  expect(bundledIn(root)).toEqual({ main: join(root, HOME, 'built/main.mjs') })
})

it('never starts from a bundle after an edit, even one that keeps the length', () => {
  const { root, write } = installation('edited')
  write('agent/scan.ts', '// agent/scam.ts')
  expect(bundledIn(root)).toEqual({ stale: 'its sources have changed since' })
})

it('never starts from a bundle of a source that is gone', () => {
  const { root } = installation('gone')
  rmSync(join(root, 'agent/scan.ts'))
  expect(bundledIn(root)).toEqual({ stale: 'its sources have changed since' })
})

it('never starts from a bundle of other dependencies', () => {
  const { root, write } = installation('installed')
  write('node_modules/.package-lock.json', '{"viem": 2}')
  expect(bundledIn(root)).toEqual({ stale: 'its sources have changed since' })
})

it('never starts from a bundle that was copied from elsewhere', () => {
  const { root, write } = installation('copied')
  const manifest = { root: '/elsewhere', main: 'built/main.mjs', sources: SOURCES, hash: hashOf(root, SOURCES) }
  write(join(HOME, 'bundle.json'), JSON.stringify(manifest))
  expect(bundledIn(root)).toEqual({ stale: 'it was built for /elsewhere' })
})

it('says when a bundle has lost its files', () => {
  const { root } = installation('lost')
  rmSync(join(root, HOME, 'built'), { recursive: true })
  expect(bundledIn(root)).toEqual({ stale: 'its files are gone' })
})

it('knows an installation that never bundled', () => {
  expect(bundledIn(place)).toEqual({ missing: true })
})
