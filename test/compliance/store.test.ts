import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { GapRecord } from '../../agent/domain/gap-record.ts'
import type { Decision } from '../../agent/domain/liquidation.ts'
import { bps, chainId, instant, wad } from '../../agent/domain/units.ts'
import { submitted } from '../support/builders.ts'
import { SENDER as sender, journaledTx as tx } from '../support/journaled-tx.ts'

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-journal-'))
let files = 0
const fresh = () => join(folder, `${files++}.db`)
afterAll(() => rmSync(folder, { recursive: true }))

/** A gap that ended with a loss. */
const gap = (id: string, loss: number): GapRecord => ({
  forecast: {
    ...{ id, at: instant(1), modelledAt: 60, engine: chainId(1), vault: 'v', collateral: 0, feed: 0, state: 'calm' },
    ...{ version: 3, effectiveSample: 40.5, debt: 100, K: 1.001, h: 1.04, lossOdds: 1e-9, expectedLoss: 1e-12 },
    ...{ premium: 0.002, deviation: 0.01, levels: [{ alpha: 0.99, VaR: -0.01, ES: 0.02 }], baselines: {} },
  },
  realised: {
    ...{ taken: true, realisedAt: instant(9), seconds: 480, drawn: false, x: -0.02, loss, u: 0.1, uLatency: 0.5 },
  },
})

const journals = [
  { name: 'the journal on disk', open: () => openSqliteJournal({ path: fresh() }) },
  { name: 'the journal in memory', open: () => openMemoryJournal() },
]

describe.each(journals)('$name', ({ open }) => {
  test('keeps open transactions oldest first, by chain', () => {
    const journal = open()
    journal.commit(tx({ nonce: 1, hash: '0x02', leg: 'b' }))
    journal.commit(tx({ nonce: 0, hash: '0x01', leg: 'a' }))
    journal.commit(tx({ chain: chainId(2), nonce: 7, hash: '0x03' }))
    expect(journal.open(chainId(1))).toEqual([
      tx({ nonce: 1, hash: '0x02', leg: 'b' }),
      tx({ nonce: 0, hash: '0x01', leg: 'a' }),
    ])
  })

  test('forgets a settled transaction but never its nonce', () => {
    const journal = open()
    expect(journal.nextNonce(chainId(1), sender)).toBeUndefined()
    journal.commit(tx({ nonce: 4, hash: '0x01' }))
    journal.settle('0x01', 'included')
    expect(journal.open(chainId(1))).toEqual([])
    expect(journal.nextNonce(chainId(1), sender)).toBe(5)
    expect(journal.nextNonce(chainId(1), '0x00000000000000000000000000000000000000FF')).toBe(5)
  })

  test('takes the same bytes twice and a replacement of the same meaning', () => {
    const journal = open()
    journal.commit(tx({ hash: '0x01' }))
    journal.commit(tx({ hash: '0x01' }))
    journal.commit(tx({ hash: '0x02', raw: '0xbb' }))
    journal.commit(tx({ hash: '0x03', leg: 'cancel' }))
    expect(journal.open(chainId(1)).map(({ hash }) => hash)).toEqual(['0x01', '0x02', '0x03'])
  })

  test('gives back what was said of gaps and how they ended, oldest first', () => {
    const journal = open()
    const [first, second] = [gap('a', -0.01), gap('b', Number.MIN_VALUE)]
    journal.gap(first)
    journal.gap(second)
    expect(journal.gaps()).toEqual([first, second])
  })

  test('keeps a bid as it was admitted, for the life after the one that made it', () => {
    const journal = open()
    const { intent } = submitted()
    journal.admitted({ intent, at: instant(7) })
    journal.commit(tx({ intent: intent.id }))
    expect(journal.bid(intent.id)).toEqual({ intent, at: 7 })
    expect(journal.bid('0x77')).toBeUndefined()
  })

  test('writes down what followed from a settlement with it', () => {
    const journal = open()
    journal.commit(tx({ hash: '0x01', intent: '0x77' }))
    journal.keep('counted', 'before')
    expect(journal.recall('counted')).toBe('before')
    journal.paid('0x77', { counted: 'after' })
    journal.flush()
    expect([journal.recall('counted'), journal.lives()]).toEqual(['after', []])
  })

  test('refuses a second meaning for a nonce', () => {
    const journal = open()
    journal.commit(tx({ hash: '0x01', leg: 'bid' }))
    expect(() => journal.commit(tx({ hash: '0x02', leg: 'claim' }))).toThrow(halting)
    expect(() => journal.commit(tx({ hash: '0x02', leg: 'bid', intent: '0x77' }))).toThrow(halting)
  })

  test('refuses a second nonce for an intent that may still be mined', () => {
    const journal = open()
    journal.commit(tx({ hash: '0x01', nonce: 0, intent: '0x77' }))
    expect(() => journal.commit(tx({ hash: '0x02', nonce: 1, intent: '0x77' }))).toThrow(halting)
    journal.settle('0x01', 'dropped')
    journal.commit(tx({ hash: '0x02', nonce: 1, intent: '0x77' }))
    expect(journal.open(chainId(1)).map(({ hash }) => hash)).toEqual(['0x02'])
  })

  test('answers why: decisions newest first, by time and kind', () => {
    const journal = open()
    for (const [at, kind] of [
      [1, 'skip'],
      [2, 'take'],
      [3, 'skip'],
    ] as const)
      journal.decision(decision({ at: instant(at), kind }))
    expect(journal.decisions({}).map(({ at }) => at)).toEqual([3, 2, 1])
    expect(journal.decisions({ kind: 'skip', limit: 1 })).toEqual([decision({ at: instant(3), kind: 'skip' })])
    expect(journal.decisions({ since: 2 }).map(({ at }) => at)).toEqual([3, 2])
  })

  test('tells the inputs again as they were', () => {
    const journal = open()
    const inputs = [
      { at: 1, kind: 'cash', cash: -5n },
      { at: 2, kind: 'timer' },
    ]
    for (const input of inputs) journal.input(input)
    expect([...journal.inputs()]).toEqual(inputs)
  })

  test('remembers small values by name', () => {
    const journal = open()
    expect(journal.recall('cursor')).toBeUndefined()
    journal.remember('cursor', '1')
    journal.remember('cursor', '2')
    expect(journal.recall('cursor')).toBe('2')
  })
})

describe('the journal on disk', () => {
  test('survives without being closed: what was committed, and the log before it', () => {
    const path = fresh()
    const journal = openSqliteJournal({ path })
    journal.input({ at: 1n })
    journal.decision(decision())
    journal.commit(tx({ hash: '0x01', intent: '0x77' }))
    journal.input({ at: 2n })
    journal.remember('cursor', '9')
    journal.close()
    const again = openSqliteJournal({ path })
    expect([...again.inputs()]).toEqual([{ at: 1n }, { at: 2n }])
    expect(again.open(chainId(1))).toEqual([tx({ hash: '0x01', intent: '0x77' })])
    expect(again.decisions({})).toEqual([decision()])
    expect(again.recall('cursor')).toBe('9')
    again.close()
  })

  test('belongs to one process at a time', () => {
    const path = fresh()
    const journal = openSqliteJournal({ path })
    expect(() => openSqliteJournal({ path })).toThrow(
      expect.objectContaining({
        code: 'E_LOCKED',
        exit: 4,
        message: `The journal ${path} is in use by another process.`,
      }),
    )
    journal.close()
    openSqliteJournal({ path }).close()
  })

  test('keeps everyone else out while it lives and loses nothing committed when it is killed', async () => {
    const path = fresh()
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    expect(() => openSqliteJournal({ path })).toThrow(expect.objectContaining({ code: 'E_LOCKED' }))
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const again = openSqliteJournal({ path })
    expect(again.open(chainId(1))).toEqual([tx({ hash: '0x01' })])
    expect([...again.inputs()]).toEqual([{ at: 1n }])
    again.close()
  })

  test('writes its buffer by itself when it is long', () => {
    const path = fresh()
    const journal = openSqliteJournal({ path, buffer: 4 })
    for (let at = 0; at < 5; at++) journal.input({ at })
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    journal.close()
  })

  test('refuses a path it cannot use', () => {
    expect(() => openSqliteJournal({ path: join(folder, 'nowhere', 'x.db') })).toThrow(
      expect.objectContaining({ code: 'E_JOURNAL', exit: 4 }),
    )
  })
})

/** Commits, says so, buffers one more input and lives on. */
const HOLDER = `
import { openSqliteJournal } from ${JSON.stringify(new URL('../../agent/adapters/store/sqlite-journal.ts', import.meta.url).href)}
const journal = openSqliteJournal({ path: process.argv[1] })
journal.input({ at: 1n })
journal.commit({ chain: 1, from: '0x00000000000000000000000000000000000000ff', nonce: 0, intent: undefined, leg: 'bid', raw: '0xaa', hash: '0x01', state: 'signed' })
journal.input({ at: 2n })
console.log('committed')
setInterval(() => journal, 1_000)
`

const halting = expect.objectContaining({ code: 'E_INVARIANT', exit: 7 })

const decision = (changes: Partial<Decision> = {}): Decision => ({
  at: instant(1_000),
  candidate: '31337:0xaa:4',
  account: '0x00000000000000000000000000000000000000aa',
  strategy: 'gap-aware',
  kind: 'skip',
  reason: 'gap-premium',
  detail: 'premium above bonus',
  net: wad(-(10n ** 20n)),
  gap: { expected: wad(1n), shortfall: wad(2n), premium: wad(3n) },
  fraction: bps(2_500),
  route: 'slow',
  ...changes,
})
