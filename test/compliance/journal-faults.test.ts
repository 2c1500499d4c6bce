// What can happen to a journal's file, and how the journal takes it. F.. are numbers of the fault matrix.
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { requireVersion } from '../../agent/adapters/store/database.ts'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { unavailable } from '../../agent/domain/errors.ts'
import { chainId, wad } from '../../agent/domain/units.ts'
import type { Journal, JournaledTx } from '../../agent/ports/journal.ts'
import { SENDER, journaledTx as tx } from '../support/journaled-tx.ts'
import { order, startSending } from '../support/sending.ts'

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-journal-faults-'))
let files = 0
const fresh = () => join(folder, `${files++}.db`)
afterAll(() => rmSync(folder, { recursive: true }))

describe('F53: a disk', () => {
  test.skipIf(!canMount())(
    'that is full refuses commitments, keeps what it had, and loses nothing when there is room again',
    () => {
      expect(onSmallDisk('full')).toEqual({ refused: ['E_DISK'], watched: ['E_DISK'], inputs: 21, lost: 0 })
    },
  )

  test.skipIf(!canMount())('that is read-only refuses the start with one message', () => {
    expect(onSmallDisk('read-only')).toEqual({ refused: ['E_JOURNAL'] })
  })

  test('that takes nothing sends nothing: no byte leaves without its row', async () => {
    const on = await startSending()
    const [proxy] = on.providers.proxies
    const full = () => {
      throw unavailable('E_DISK', 'The journal cannot be written.', 'Make room.')
    }
    const transactor = await on.open({ journal: { ...on.journal, commit: full } }, { urls: [proxy.url] })
    const sent = transactor.send(order(), new AbortController().signal)
    await expect(sent).rejects.toMatchObject({ code: 'E_DISK', remedy: 'retry' })
    await on.mine(3)
    expect(proxy.calls.get('eth_sendRawTransaction')).toBeUndefined()
    await on.close()
  })
})

describe('F53: a damaged journal', () => {
  const damaged = { code: 'E_JOURNAL_CORRUPT', exit: 4, remedy: 'fix-config' }

  test('is refused when a page is not what was written', () => {
    const path = written()
    const file = openSync(path, 'r+')
    for (let page = 2; page * 4_096 < statSync(path).size; page++)
      writeSync(file, Buffer.alloc(64, 0xee), 0, 64, page * 4_096)
    expect(() => openSqliteJournal({ path })).toThrow(expect.objectContaining(damaged))
  })

  test('is refused when it is no journal at all, or half of one', () => {
    const path = fresh()
    writeFileSync(path, 'this is not a database, but long enough to be taken for one. '.repeat(20))
    expect(() => openSqliteJournal({ path })).toThrow(expect.objectContaining(damaged))
    const half = written()
    truncateSync(half, Math.floor(statSync(half).size / 2))
    expect(() => openSqliteJournal({ path: half })).toThrow(expect.objectContaining(damaged))
  })

  test('is refused when somebody changed or removed what happened', () => {
    for (const change of [
      "UPDATE event SET body = replace(body, 'settled', 'setlled')",
      'DELETE FROM event WHERE seq = 2',
    ]) {
      const path = written()
      const db = new DatabaseSync(path)
      db.exec(change)
      db.close()
      expect(() => openSqliteJournal({ path })).toThrow(expect.objectContaining(damaged))
    }
  })
})

describe('F55: a journal', () => {
  test('of another network or key is refused, and says whose it is', () => {
    const path = fresh()
    openSqliteJournal({ path, owner: 'key 0xaa on chain 1' }).close()
    openSqliteJournal({ path, owner: 'key 0xaa on chain 1' }).close()
    expect(() => openSqliteJournal({ path, owner: 'key 0xbb on chain 1' })).toThrow(
      expect.objectContaining({
        code: 'E_JOURNAL_OWNER',
        exit: 4,
        message: `The journal ${path} belongs to key 0xaa on chain 1, expected key 0xbb on chain 1.`,
      }),
    )
  })

  test('is refused by a SQLite that can lose pages', () => {
    for (const version of ['3.51.2', '3.50.9', '2.99.99', '3.51'])
      expect(() => requireVersion(version)).toThrow(/expected 3.51.3/)
    for (const version of ['3.51.3', '3.53.4', '4.0.0']) requireVersion(version)
  })
})

describe('the hot path', () => {
  test('is exactly one durable commit: log, bytes, nonce, intent and reservation together', () => {
    const path = fresh()
    const journal = openSqliteJournal({ path })
    const before = commitsIn(path)
    for (let at = 0; at < 50; at++) journal.input({ at })
    journal.commit(tx({ intent: '0x77', reserved: wad(5n) }))
    expect(commitsIn(path) - before).toBe(1)
    expect(journal.lives()).toEqual([{ intent: '0x77', chain: 1, reserved: 5n, state: 'signed' }])
    journal.close()
  })
})

describe('a liquidation in the journal', () => {
  const journals = [
    { name: 'on disk', open: () => openSqliteJournal({ path: fresh() }) },
    { name: 'in memory', open: openMemoryJournal },
  ]
  test.each(journals)(
    '$name holds its capital until it is paid, through replacement and reorganisation',
    ({ open }) => {
      const journal = open()
      const state = () => journal.lives().map((life) => life.state)
      journal.commit(tx({ hash: '0x01', intent: '0x77', reserved: wad(5n) }))
      journal.commit(tx({ hash: '0x02', intent: '0x77' }))
      journal.settle('0x02', 'included')
      journal.settle('0x01', 'dropped')
      expect(state()).toEqual(['final'])
      journal.settle('0x02', 'signed')
      expect(state()).toEqual(['signed'])
      journal.settle('0x02', 'included')
      journal.paid('0x77')
      expect(state()).toEqual([])
      expect(() => journal.commit(tx({ hash: '0x03', nonce: 1, intent: '0x77' }))).toThrow(
        expect.objectContaining({ code: 'E_INVARIANT', exit: 7 }),
      )
    },
  )

  test.each(journals)(
    '$name gives it back when the bid reverted or was cancelled, and takes the next try',
    ({ open }) => {
      const journal = open()
      journal.commit(tx({ hash: '0x01', intent: '0x77', reserved: wad(5n) }))
      journal.commit(tx({ hash: '0x02', intent: '0x77', leg: 'cancel' }))
      journal.settle('0x01', 'dropped')
      journal.settle('0x02', 'included')
      expect(journal.lives()).toEqual([])
      journal.commit(tx({ hash: '0x03', nonce: 1, intent: '0x77' }))
      expect(journal.lives()).toEqual([{ intent: '0x77', chain: 1, reserved: 5n, state: 'signed' }])
    },
  )

  test('is the same story on disk and in memory, whatever happens in whatever order', () => {
    const step = fc.record({
      act: fc.constantFrom('bid', 'cancel', 'included', 'reverted', 'dropped', 'signed', 'paid', 'abandon'),
      nonce: fc.nat(2),
      intent: fc.constantFrom('0x77', '0x78'),
      copy: fc.nat(1),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const path = fresh()
        const [disk, memory] = [openSqliteJournal({ path }), openMemoryJournal()]
        for (const one of steps) expect(told(disk, one)).toEqual(told(memory, one))
        expect(story(disk)).toEqual(story(memory))
        disk.close()
        const again = openSqliteJournal({ path })
        expect(story(again)).toEqual(story(memory))
        again.close()
        for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
      }),
      { numRuns: 60 },
    )
  })
})

type Step = { readonly act: string; readonly nonce: number; readonly intent: string; readonly copy: number }

/** Does one thing; the code of a refusal. */
function told(journal: Journal, { act, nonce, intent, copy }: Step): string {
  const hash = `0x${nonce}${copy}${intent.at(-1)}` as const
  const known = `0x${intent.slice(2)}` as const
  try {
    if (act === 'bid') journal.commit(tx({ nonce, hash, intent: known, reserved: wad(3n) }))
    else if (act === 'cancel') journal.commit(tx({ nonce, hash: `${hash}c`, intent: known, leg: 'cancel' }))
    else if (act === 'paid') journal.paid(known)
    else if (act === 'abandon') journal.abandon(hash)
    else journal.settle(copy === 0 ? hash : `${hash}c`, act as JournaledTx['state'])
    return 'done'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const story = (journal: Journal) => ({
  lives: [...journal.lives()].sort((a, b) => (a.intent < b.intent ? -1 : 1)),
  open: journal.open(chainId(1)),
  history: journal.history(chainId(1), SENDER, 0),
  next: journal.nextNonce(chainId(1), SENDER),
})

/** A closed journal with a few hundred rows. */
function written(): string {
  const path = fresh()
  const journal = openSqliteJournal({ path })
  for (let nonce = 0; nonce < 200; nonce++)
    journal.commit(tx({ nonce, hash: `0x${nonce.toString(16).padStart(64, '0')}` }))
  for (let nonce = 0; nonce < 9; nonce++) journal.settle(`0x${nonce.toString(16).padStart(64, '0')}`, 'included')
  journal.close()
  return path
}

/** Commits in a write-ahead log: frames of its present salt that say how large the database is (sqlite.org/walformat.html). */
function commitsIn(path: string): number {
  const wal = readFileSync(`${path}-wal`)
  const pageSize = wal.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at + 24 + pageSize <= wal.length; at += 24 + pageSize) {
    const ours = wal.subarray(at + 8, at + 16).equals(wal.subarray(16, 24))
    if (ours && wal.readUInt32BE(at + 4) > 0) commits++
  }
  return commits
}

/** Whether this machine lets us have a small disk of our own. */
function canMount(): boolean {
  return spawnSync('unshare', ['-rm', 'true']).status === 0
}

function onSmallDisk(fault: string): unknown {
  const place = join(folder, `disk-${fault}`)
  mkdirSync(place)
  const script = fileURLToPath(new URL('../support/full-disk.ts', import.meta.url))
  const act = `mount -t tmpfs -o size=400k tmpfs ${place} && exec ${process.execPath} ${script} ${place} ${fault}`
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', act], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}
