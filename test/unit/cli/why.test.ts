import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../../../agent/adapters/store/sqlite-journal.ts'
import type { Context } from '../../../agent/cli/command.ts'
import { decisions } from '../../../agent/cli/decisions.ts'
import { why } from '../../../agent/cli/why.ts'
import type { Decision } from '../../../agent/domain/liquidation.ts'
import { bps, instant, wad } from '../../../agent/domain/units.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const account = '0x5aae000000000000000000000000000000000001' as const
const dollar = 10n ** 18n

const skipped = (change: Partial<Decision> = {}): Decision => ({
  at: instant(Date.UTC(2026, 10, 22, 10, 14, 20, 123)),
  candidate: `31337:${account}:3`,
  account,
  strategy: 'gap-aware',
  kind: 'skip',
  reason: 'capital',
  detail: 'free 12.00 of 400.00',
  net: wad(5n * dollar),
  gap: { expected: wad(1n), shortfall: wad(3n * dollar), premium: wad(2n * dollar) },
  fraction: bps(2500),
  route: 'state-proof',
  ...change,
})

/** A run directory with one journal per agent. */
function run(agents: Readonly<Record<string, readonly Decision[]>>): string {
  const folder = temporaryFolder()
  for (const [name, made] of Object.entries(agents)) {
    const data = join(folder, 'agents', name, 'data')
    mkdirSync(data, { recursive: true })
    const journal = openSqliteJournal({ path: join(data, 'journal.db') })
    for (const decision of made) journal.decision(decision)
    journal.close()
  }
  return folder
}

let printed: string[] = []
beforeEach(() => {
  printed = []
})

const context = (json = false): Context => ({
  signal: new AbortController().signal,
  json,
  name: 'why',
  flags: {},
  commands: [],
  print: (line) => void printed.push(line),
})

describe('why', () => {
  test('tells what every agent decided about an account, in order, from the beginning of its address', async () => {
    const later = skipped({
      at: instant(Date.UTC(2026, 10, 22, 10, 14, 21)),
      kind: 'take',
      reason: 'take',
      detail: 'pays for its gap',
    })
    const other = skipped({ account: '0x00000000000000000000000000000000000000b0', candidate: '31337:0xb0:1' })
    const from = run({ 'house-1': [later, other], 'rush-1': [skipped()] })
    expect(await why.invoke({ id: '0x5AAE', from }, context())).toBe(0)
    expect(printed).toEqual([
      '10:14:20.123  rush-1 (gap-aware) skip (capital) 25 % by state-proof\n    free 12.00 of 400.00\n    net 5.00, gap premium 2.00 (ES 3.00)',
      '10:14:21.000  house-1 (gap-aware) take 25 % by state-proof\n    pays for its gap\n    net 5.00, gap premium 2.00 (ES 3.00)',
    ])
  })

  test('an account nobody decided about is not found', async () => {
    const from = run({ 'house-1': [skipped()] })
    await expect(why.invoke({ id: '0x', from }, context())).rejects.toMatchObject({ code: 'E_USAGE' })
    await expect(why.invoke({ id: '0x777', from }, context())).rejects.toMatchObject({ code: 'E_NOT_FOUND', exit: 3 })
  })
})

describe('decisions', () => {
  test('are counted by kind and reason, most frequent first', async () => {
    const from = run({ 'house-1': [skipped({ kind: 'take', reason: 'take' }), skipped()], 'rush-1': [skipped()] })
    expect(await decisions.invoke({ count: true, from }, context())).toBe(0)
    expect(printed).toEqual(['      2  skip (capital)', '      1  take'])
  })

  test('are objects with amounts as decimal strings in JSON', async () => {
    const from = run({ 'house-1': [skipped()] })
    await decisions.invoke({ from }, context(true))
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'decision', agent: 'house-1', kind: 'skip', reason: 'capital', net: '5000000000000000000' },
    ])
  })

  test('a folder without a journal says so', async () => {
    await expect(decisions.invoke({ from: temporaryFolder() }, context())).rejects.toMatchObject({
      code: 'E_NO_JOURNAL',
      exit: 3,
    })
  })
})
