// The author's kit: what it starts from, and what it finds wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verify } from '../../agent/kit/author/verify.ts'
import { builtInStrategies } from '../../agent/runtime/plugins.ts'
import { lienmesh } from '../support/command-line.ts'
import { root } from '../support/cruise.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-author-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A strategy whose `decide` has this body; `best` is the first quote of the first candidate. */
function written(name: string, body: string): string {
  const file = join(folder, `${name}.ts`)
  writeFileSync(
    file,
    `import { API_VERSION, defineStrategy, z } from '${join(root, 'agent/strategy.ts')}'
let calls = 0
export const strategy = defineStrategy({
  name: '${name}', apiVersion: API_VERSION, params: z.strictObject({}),
  decide: (view) => {
    const best = view.candidates[0]?.quotes[0]
    if (best === undefined) return []
    calls += 1
    ${body}
  },
})
`,
  )
  return file
}
const failed = async (name: string, body: string): Promise<readonly string[]> =>
  (await verify({ use: written(name, body), params: {} })).filter(({ holds }) => !holds).map(({ check }) => check)

const TAKE = "return [{ kind: 'take', quote: best, reason: 'test' }]"

describe('strategies verify', () => {
  test.each(builtInStrategies())('finds nothing wrong with %s', async (name) => {
    expect((await verify({ use: name, params: {} })).filter(({ holds }) => !holds)).toEqual([])
  })

  test.each([
    ['throws', "throw new Error('mistake')", ['never throws']],
    ['asks-the-clock', `if (Date.now() < 0) return []; ${TAKE}`, ['keeps to itself']],
    ['tosses-coins', `if (Math.random() < 0) return []; ${TAKE}`, ['keeps to itself']],
    ['calls-out', `void globalThis.fetch; ${TAKE}`, ['keeps to itself']],
    ['counts', `if (calls % 2 === 0) return []; ${TAKE}`, ['is deterministic']],
    ['says-nothing', TAKE.replace("'test'", "''"), ['answers properly']],
    [
      'invents',
      TAKE.replace('quote: best', "quote: { ...best, route: { ...best.route, id: 'elsewhere' } }"),
      ['answers properly'],
    ],
    ['looks-back', "return [{ kind: 'postpone', quote: best, until: view.now, reason: 'test' }]", ['answers properly']],
    [
      'dawdles',
      `const until = process.hrtime.bigint() + 60_000_000n; while (process.hrtime.bigint() < until); ${TAKE}`,
      ['keeps to itself', 'is fast'],
    ],
  ])('finds out a strategy that %s', async (name, body, checks) => {
    expect(await failed(name, body)).toEqual(checks)
  })

  test('ends with status 6 when a check does not hold, and with 0 when all do', async () => {
    const silent = written('silent', TAKE.replace("'test'", "' '"))
    const [bad, good] = [
      await lienmesh(['strategies', 'verify', silent]),
      await lienmesh(['strategies', 'verify', 'patient', '--json']),
    ]
    expect([bad.status, good.status]).toEqual([6, 0])
    expect(bad.out).toContain('✖ answers properly   an answer has no reason')
    expect(JSON.parse(good.out.split('\n')[0] ?? '')).toMatchObject({ type: 'check', check: 'loads', holds: true })
  })
})

test('a file that Node cannot run is one message with what to write instead', async () => {
  const file = join(folder, 'moody.ts')
  writeFileSync(file, 'enum Mood { calm }\nexport const strategy = { mood: Mood.calm }\n')
  const { status, err } = await lienmesh(['strategies', 'info', file])
  expect(status).toBe(4)
  expect(err).toMatch(/E_STRATEGY_LOAD .*enum[\s\S]*without enums, namespaces and parameter properties/)
})

describe('new strategy', () => {
  test('writes two files that pass at once, and replaces nothing', async () => {
    const first = await lienmesh(['new', 'strategy', 'calm-maker', '--out', folder])
    expect([first.status, first.err]).toEqual([0, ''])
    expect(readFileSync(join(folder, 'calm-maker.ts'), 'utf8')).toContain("name: 'calm-maker'")
    expect((await verify({ use: join(folder, 'calm-maker.ts'), params: {} })).every(({ holds }) => holds)).toBe(true)
    const second = await lienmesh(['new', 'strategy', 'calm-maker', '--out', folder])
    expect([second.status, second.err]).toEqual([4, expect.stringContaining('E_EXISTS')])
    expect((await lienmesh(['new', 'strategy', 'Calm Maker', '--out', folder])).status).toBe(2)
  })
})

test('strategies info lists every parameter with its default', async () => {
  const { out, status } = await lienmesh(['strategies', 'info', 'patient'])
  expect(status).toBe(0)
  expect(out).toMatch(/minNet +0 +Least net value[\s\S]*lead +50[\s\S]*greed +300/)
})
