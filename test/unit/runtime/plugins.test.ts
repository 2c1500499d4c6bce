import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtInStrategies, loadStrategy } from '../../../agent/runtime/plugins.ts'
import { root } from '../../support/cruise.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-plugins-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, source: string): string {
  const path = join(folder, name)
  writeFileSync(path, source)
  return path
}

describe('strategies', () => {
  test('every built-in strategy loads with its defaults', async () => {
    for (const name of builtInStrategies()) expect((await loadStrategy(name, {})).strategy.name).toBe(name)
  })

  test('an unknown name is answered with the names there are', async () => {
    await expect(loadStrategy('first-com', {})).rejects.toMatchObject({
      code: 'E_STRATEGY_UNKNOWN',
      exit: 4,
      message: expect.stringContaining('first-come'),
    })
  })

  test('a file without a strategy is refused', async () => {
    const path = file('empty.js', 'export const nothing = 1\n')
    await expect(loadStrategy(path, {})).rejects.toMatchObject({ code: 'E_STRATEGY_LOAD' })
  })

  test('a strategy of another API is refused by name', async () => {
    const path = file(
      'old.js',
      "export const strategy = { name: 'old', apiVersion: 0, params: {}, decide: () => [] }\n",
    )
    await expect(loadStrategy(path, {})).rejects.toMatchObject({
      code: 'E_STRATEGY_API',
      message: 'old needs API 0, this is API 1',
    })
  })

  test('a file that does not parse is one message, with its reason', async () => {
    const path = file('broken.js', 'export const strategy = {\n')
    await expect(loadStrategy(path, {})).rejects.toMatchObject({ code: 'E_STRATEGY_LOAD', exit: 4 })
  })

  test('a file that reaches beneath the API is refused before it runs', async () => {
    const core = join(root, 'agent/core/core.ts')
    const path = file('deep.ts', `import { createCore } from '${core}'\nexport const strategy = createCore\n`)
    await expect(loadStrategy(path, {})).rejects.toMatchObject({
      code: 'E_STRATEGY_IMPORT',
      message: expect.stringContaining('no part of the strategy API'),
    })
  })

  test('parameters are read by the strategy itself', async () => {
    await expect(loadStrategy('gap-aware', { nonsense: true })).rejects.toMatchObject({ code: 'E_STRATEGY_PARAMS' })
  })
})
