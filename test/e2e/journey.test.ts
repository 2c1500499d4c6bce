// The liquidator's journey, as docs/operating.md tells it: every command of the page, in its order, on a kept market.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPage } from '../support/doc-commands.ts'

const page = openPage('docs/operating.md')
const { cwd, shell, lines, done, outOf } = page
/** What stood where, read by the program itself at some points of the page. */
const seen = new Map<string, readonly Holding[]>()

type Holding = { readonly chain: number; readonly where: string; readonly symbol: string; readonly amount: string }

const look = async (line: string): Promise<void> => {
  if (/executor withdraw|bond unbond|swarm down/.test(line)) seen.set(line, await holdings())
}

beforeAll(() => page.read(look), 900_000)
afterAll(() => page.close())

async function holdings(): Promise<readonly Holding[]> {
  const { out } = await shell.run('lienmesh executor show --json')
  return out
    .trim()
    .split('\n')
    .flatMap((text): readonly Holding[] => JSON.parse(text).holdings)
}

const amountOf = (all: readonly Holding[], where: string): bigint =>
  BigInt(all.find((one) => one.chain === 31_337 && one.where === where && one.symbol === 'USDC')?.amount ?? 0)

const atStartOf = (word: string): readonly Holding[] => seen.get(lines.find((line) => line.includes(word)) ?? '') ?? []

describe('every command of the page', () => {
  test('ends as the page says', () => {
    expect(page.failed()).toEqual([])
    expect(done.map(({ line }) => line)).toEqual(lines)
  })

  test('keeps what it prints within a terminal', () => {
    const wide = done.slice(1).flatMap(({ line, out }) =>
      out
        .split('\n')
        .filter((text) => text.length > 80)
        .map((text) => ({ line, text })),
    )
    expect(wide).toEqual([])
  })
})

describe('a new liquidator', () => {
  test('finds nothing to mend after the set-up', () => {
    expect(outOf('lienmesh doctor')).toMatch(/\d+ ok, \d+ to look at, 0 to mend/)
  })

  test('sends nothing in the shadow, and decides', () => {
    const log = readFileSync(join(cwd, 'shadow.log'), 'utf8')
    expect(log).not.toContain('"event":"bid:submitted"')
    expect(outOf('decisions --count')).toMatch(/^ +[1-9]\d* {2}(take|skip \(|postpone \()/m)
  })

  test('wins a liquidation with its own executor, and settles it', () => {
    const events = readFileSync(join(cwd, 'agent.log'), 'utf8')
    expect(events).toContain('"event":"bid:won"')
    expect(events).toContain('"event":"settlement:closed"')
    expect(outOf('settlements --wait')).toMatch(/^0x[0-9a-f]{8}\.\.[0-9a-f]{10} +\S+ +settled/m)
  })

  test('has both legs signed by a process of its own, whose book has a nonce on either chain', () => {
    expect(readFileSync(join(cwd, 'lienmesh.yaml'), 'utf8')).not.toContain('inline')
    const book = new DatabaseSync(join(cwd, 'data', 'signer.db'))
    const chains = book.prepare('SELECT DISTINCT chain FROM spent ORDER BY chain').all()
    book.close()
    expect(chains.map(({ chain }) => chain)).toEqual([31_337, 41_337])
  })

  test('is told what must cross a bridge by hand', () => {
    expect(outOf('capital plan')).toMatch(/actual +in flight +reserved +inventory/)
    expect(outOf('capital move --password')).toContain('BY HAND')
  })

  test('ends cleanly when it is flattened', async () => {
    expect(await shell.ended(lines.find((line) => line.endsWith('&')) ?? '')).toBe(0)
  })

  test('gets money back from the engine, to the unit', () => {
    const [start, end] = [atStartOf('executor withdraw'), atStartOf('bond unbond')]
    expect(amountOf(end, 'owner') - amountOf(start, 'owner')).toBe(500_000_000n)
    expect(amountOf(start, 'engine account') - amountOf(end, 'engine account')).toBe(500_000_000n)
  })

  test('gets the bond back, to the unit', () => {
    const [start, end] = [atStartOf('bond unbond'), atStartOf('swarm down')]
    expect(amountOf(end, 'owner') - amountOf(start, 'owner')).toBe(2_000_000_000n)
    expect(amountOf(end, 'bond')).toBe(0n)
  })
})
