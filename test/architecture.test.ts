// The shape of the house: floors that hold, checks that bite, budgets, and pages that agree with the program.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codes } from '../agent/cli/codes.ts'
import { cruise, root } from './support/cruise.ts'

const GENERATED = /^agent\/(adapters\/chain\/abi|console\/web\/built)\//

/** Source files below some rooms, relative to the repository. */
const sources = (...rooms: readonly string[]): readonly string[] =>
  rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((file) => `${room}/${file}`)
      .filter((file) => /\.(ts|js|mjs)$/.test(file) && !GENERATED.test(file)),
  )

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')
const rooms = ['agent', 'strategies', 'config', 'bin']

describe('the floors', () => {
  test('hold, and the check saw every source file', async () => {
    const { seen, broken } = await cruise(root)
    expect(broken).toEqual([])
    expect(seen.length).toBeGreaterThanOrEqual(sources(...rooms).length)
    expect(seen.length).toBeGreaterThan(60)
  })
})

describe('a planted violation is caught', () => {
  /** A file that should not be, and the rule that must name it. */
  const planted: readonly (readonly [file: string, code: string, rule: string])[] = [
    ['agent/domain/a.ts', "import '../maths/clean.ts'", 'agent/domain: rooms'],
    ['agent/domain/b.ts', "import { keccak256 } from 'viem'\nkeccak256('0x')", 'agent/domain: packages'],
    ['agent/domain/c.ts', "import type { z } from 'zod'\nexport type C = z.ZodType", 'agent/domain: types'],
    ['agent/domain/d.ts', "import 'node:fs'", 'agent/domain: node'],
    ['agent/maths/a.ts', "import '../ports/clean.ts'", 'agent/maths: rooms'],
    ['agent/maths/b.ts', "import 'node:crypto'", 'agent/maths: node'],
    ['agent/ports/a.ts', "import '../maths/clean.ts'", 'agent/ports: rooms'],
    ['agent/strategy.ts', "import './core/clean.ts'", 'agent/strategy.ts: rooms'],
    ['agent/core/a.ts', "import '../ports/clean.ts'", 'agent/core: rooms'],
    [
      'agent/core/b.ts',
      "import type { Clean } from '../adapters/chain/clean.ts'\nexport type B = Clean",
      'agent/core: rooms',
    ],
    ['agent/core/c.ts', "import 'node:timers/promises'", 'agent/core: node'],
    ['agent/core/d.ts', "import pino from 'pino'\npino()", 'agent/core: packages'],
    ['agent/adapters/chain/a.ts', "import '../gossip/clean.ts'", 'agent/adapters/chain: rooms'],
    ['agent/adapters/chain/b.ts', "import '../../core/clean.ts'", 'agent/adapters/chain: rooms'],
    [
      'agent/adapters/store/a.ts',
      "import { keccak256 } from 'viem'\nkeccak256('0x')",
      'agent/adapters/store: packages',
    ],
    ['agent/adapters/gossip/a.ts', "import '../../runtime/clean.ts'", 'agent/adapters/gossip: rooms'],
    ['agent/runtime/a.ts', "import '../swarm/clean.ts'", 'agent/runtime: rooms'],
    ['agent/runtime/b.ts', "import yargs from 'yargs'\nyargs()", 'agent/runtime: packages'],
    ['agent/operator/a.ts', "import '../swarm/clean.ts'", 'agent/operator: rooms'],
    ['agent/swarm/a.ts', "import '../cli/clean.ts'", 'agent/swarm: rooms'],
    ['strategies/a.ts', "import '../agent/core/clean.ts'", 'strategies: rooms'],
    ['strategies/b.ts', "import 'node:fs'", 'strategies: node'],
    ['strategies/c.ts', "import { z } from 'zod'\nz.string()", 'strategies: packages'],
    ['config/a.ts', "import '../agent/core/clean.ts'", 'config: rooms'],
    ['config/b.ts', "import { keccak256 } from 'viem'\nkeccak256('0x')", 'config: packages'],
    ['bin/a.ts', "import '../agent/runtime/clean.ts'", 'bin: rooms'],
    ['agent/cli/a.ts', "import '../../test/clean.ts'", 'agent/cli: rooms'],
    ['agent/cli/b.ts', "import '../nowhere.ts'", 'no-unresolvable'],
  ]
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-floors-'))
  let broken: readonly string[] = []

  beforeAll(async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), textOf('package.json'))
    for (const room of new Set(planted.map(([file]) => dirname(file))))
      plant(`${room}/clean.ts`, 'export type Clean = 1\nexport const clean = 1\n')
    plant('test/clean.ts', 'export const clean = 1\n')
    plant('agent/maths/c.ts', "import './c-too.ts'\nexport const c = 1\n")
    plant('agent/maths/c-too.ts', "import './c.ts'\nexport const too = 1\n")
    for (const [file, code] of planted) plant(file, `${code}\n`)
    broken = (await cruise(folder)).broken
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  function plant(file: string, code: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), code)
  }

  test.each(planted.map(([file, code, rule]) => ({ file, code, rule })))('$file breaks $rule', ({ file, rule }) => {
    expect(broken).toContain(`${file} breaks ${rule}`)
  })

  test('a cycle of two files', () => {
    const cycles = broken.filter((line) => /^agent\/maths\/c(-too)?\.ts breaks no-cycles$/.test(line))
    expect(cycles.length).toBeGreaterThan(0)
  })

  test('and nothing clean is accused', () => {
    expect(broken.filter((line) => line.includes('clean.ts breaks'))).toEqual([])
  })
})

describe('the code', () => {
  test('has no clock and no dice below the runtime and in the simulator', () => {
    const rooms = ['agent/domain', 'agent/maths', 'agent/ports', 'agent/core', 'agent/simulator', 'strategies']
    const pure = sources(...rooms).concat('agent/strategy.ts')
    const impure = /\bMath\.random\b|\bDate\.now\b|\bnew Date\b|\bcrypto\.(getRandomValues|randomUUID)\b|\bawait\b/
    expect(pure.filter((file) => impure.test(withoutComments(textOf(file))))).toEqual([])
  })

  test('keeps every file within 400 lines', () => {
    const long = sources(...rooms, 'test').filter((file) => textOf(file).split('\n').length > 401)
    expect(long).toEqual([])
  })

  test('says nothing about the test folder', () => {
    expect(sources(...rooms).filter((file) => /from '(\.\.\/)+test\//.test(textOf(file)))).toEqual([])
  })

  test('knows no any, no suppressed type error and no non-null assertion', () => {
    const loose = /@ts-ignore|@ts-expect-error|@ts-nocheck|: any\b|<any>|as any\b/
    expect(sources(...rooms).filter((file) => loose.test(withoutComments(textOf(file))))).toEqual([])
  })
})

describe('the process that holds the key', () => {
  test('loads three packages and nothing of Node that could reach the network or start anything', () => {
    const { packages, node } = loadedBy('agent/adapters/signer/main.ts')
    expect(packages).toEqual(['hash-wasm', 'secp256k1', 'viem'])
    const known = ['crypto', 'events', 'fs', 'fs/promises', 'module', 'net', 'path', 'readline', 'readline/promises']
    expect(node.filter((one) => !known.includes(one))).toEqual(['sqlite', 'stream', 'stream/consumers', 'util'])
  })
})

/** What a file loads, through every file of ours; types are not loaded. */
function loadedBy(entry: string): { readonly packages: readonly string[]; readonly node: readonly string[] } {
  const [seen, bare] = [new Set<string>(), new Set<string>()]
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = withoutComments(textOf(file))
    const found = text.matchAll(/^(?:import|export) (?!type\b)(?:[\w\s{},*]+ from )?'([^']+)'|\brequire\('([^'/]+)'/gm)
    for (const [, name = '', required = name] of found)
      if (required.startsWith('.')) visit(join(dirname(file), required))
      else bare.add(required)
  }
  visit(entry)
  const all = [...bare].sort()
  const ofNode = all.filter((name) => name.startsWith('node:'))
  const packages = all.filter((name) => !ofNode.includes(name)).map((name) => name.split('/')[0] ?? '')
  return { packages: [...new Set(packages)], node: ofNode.map((name) => name.slice('node:'.length)) }
}

describe('the table of error codes', () => {
  test('names every code of the sources, and only those', () => {
    const used = sources(...rooms)
      .filter((file) => file !== 'agent/cli/codes.ts')
      .flatMap((file) => [...textOf(file).matchAll(/['"`](E_[A-Z0-9_]+)['"`]/g)].map(([, code]) => code ?? ''))
    expect([...new Set(used)].sort()).toEqual(Object.keys(codes).sort())
  })
})

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
