import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installed, packageOf, sourceOf } from '../../../agent/runtime/box/package.ts'
import { bodyOf } from '../../../agent/runtime/box/source.ts'
import { moduleOf } from '../../support/boxes.ts'
import { root } from '../../support/cruise.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-packages-'))
  published('lienmesh-strategy-calm', { keywords: ['lienmesh-strategy'], main: 'dist/index.js' }, moduleOf('return []'))
  published('@house/edge', { keywords: ['lienmesh-strategy'] }, moduleOf('return []'))
  published('left-pad', { keywords: ['padding'] }, 'module.exports = 1')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function published(
  name: string,
  manifest: object,
  text: string,
  file = 'main' in manifest ? 'dist/index.js' : 'index.js',
): void {
  const at = join(folder, 'node_modules', name)
  mkdirSync(join(at, 'dist'), { recursive: true })
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }))
  writeFileSync(join(at, file), text)
}

const found = (name: string) => {
  const one = packageOf(name, folder)
  if (one === undefined) throw new Error(`${name} is not there`)
  return one
}

describe('packages with strategies', () => {
  test('are those with the keyword, whatever their name', () => {
    const names = installed(folder).map(({ name, version }) => `${name} ${version}`)
    expect(names.sort()).toEqual(['@house/edge 1.2.3', 'lienmesh-strategy-calm 1.2.3'])
  })

  test('are found from any folder below, and never by a path', () => {
    expect(packageOf('@house/edge', join(folder, 'deep', 'down'))?.version).toBe('1.2.3')
    expect(packageOf('../node_modules/left-pad', folder)).toBeUndefined()
  })

  test.each([
    ['lienmesh-strategy-huge', `${moduleOf('return []')}//${'x'.repeat(300_000)}`, 'larger than 256 KB'],
    [
      'lienmesh-strategy-nosy',
      `import { readFileSync } from 'node:fs'\n${moduleOf('return []')}`,
      'only lienmesh/strategy may be imported',
    ],
    ['lienmesh-strategy-vast', `${moduleOf('return []')}\nexport function other() {}`, 'only strategy exported'],
  ])('like %s are refused with a sentence', (name, text, sentence) => {
    published(name, {}, text)
    const open = (): unknown => sourceOf(found(name))
    expect(open).toThrow(
      expect.objectContaining({ code: 'E_STRATEGY_PACKAGE', message: expect.stringContaining(sentence) }),
    )
  })

  test('that were never built are refused with a sentence', () => {
    published('lienmesh-strategy-unbuilt', { main: 'dist/none.js' }, '')
    expect(() => sourceOf(found('lienmesh-strategy-unbuilt'))).toThrow(/never built/)
  })
})

test('a package runs where node_modules is a link: its box reads real paths', async () => {
  const place = join(folder, 'linked')
  mkdirSync(place)
  for (const name of ['agent', 'package.json']) cpSync(join(root, name), join(place, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
  const script = join(place, 'open.mjs')
  writeFileSync(
    script,
    `import { openBox, BUDGET } from './agent/runtime/box/box.ts'
import { bodyOf, zodModules } from './agent/runtime/box/source.ts'
const source = JSON.stringify({ code: bodyOf(${JSON.stringify(moduleOf('return []'))}), ...zodModules() })
const box = openBox({ source, params: '{}', budget: BUDGET, now: Date.now, ended: (why) => process.stdout.write(why) })
process.stdout.write((await box.ready).name)
box.close()
`,
  )
  const { stdout, status } = spawnSync(process.execPath, ['--no-warnings', script], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, 'boxed'])
}, 60_000)

describe('a plain module', () => {
  test.each([
    ["import { z } from 'lienmesh/strategy'", 'const { z } = api;'],
    ['import {\n  a as b,\n  z,\n} from "lienmesh/strategy";', 'const {   a: b,   z, } = api;\n\n\n'],
    ['export const strategy = 1', 'const strategy = exports.strategy = 1'],
    ['export default strategy', 'exports.default = strategy'],
    ['export { mine as strategy };', 'exports.strategy = mine;'],
  ])('%s', (module, body) => {
    expect(bodyOf(module)).toBe(body)
  })
})
