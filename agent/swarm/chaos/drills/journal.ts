// Drills of the journal: a file that is shared, changed, another's or half durable, and rows that mean two things.
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteJournal, type SqliteJournal } from '../../../adapters/store/sqlite-journal.ts'
import { wad } from '../../../domain/units.ts'
import type { JournaledTx } from '../../../ports/journal.ts'
import { CHAIN, type Drill, intentOf, type Stage, signer } from './stage.ts'

const tx = (nonce: number, changes: Partial<JournaledTx> = {}): JournaledTx => ({
  ...{ chain: CHAIN, from: signer.address, nonce, intent: intentOf(nonce), leg: 'bid', raw: `0x${'ab'.repeat(400)}` },
  ...{ hash: `0x${nonce.toString(16).padStart(64, '0')}`, state: 'signed', reserved: wad(7n) },
  ...changes,
})

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'no refusal'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

/** A closed journal of two hundred commitments, some of them settled. */
function written({ folder }: Stage, owner = 'us'): string {
  const path = join(folder, 'written.db')
  const journal = openSqliteJournal({ path, owner })
  for (let nonce = 0; nonce < 200; nonce++) journal.commit(tx(nonce))
  for (let nonce = 0; nonce < 9; nonce++) journal.settle(tx(nonce).hash, 'included')
  journal.close()
  return path
}

/** Opens what should be refused; whatever opens is closed again. */
const opening = (path: string, owner = 'us') => codeOf(() => openSqliteJournal({ path, owner }).close())

const refused = (found: string, code: string, what: string): readonly string[] =>
  found === code ? [] : [`${what}: ${found}, expected ${code}`]

/** Every commitment is one transaction, durable when it returns, with log, bytes and reservation in it. */
export const durable: Drill = async ({ folder }) => {
  const path = join(folder, 'durable.db')
  const [levels, journal] = watchingSync(() => openSqliteJournal({ path }))
  const before = commitsIn(path)
  for (let at = 0; at < 20; at++) journal.input({ at })
  journal.commit(tx(0))
  const commits = commitsIn(path) - before
  // What a kill here would leave: the file and its log as another reader finds them.
  const left = copied(path, journal)
  return [
    ...(levels.length > 0 && levels.every((level) => level === FULL)
      ? []
      : [`synchronous is ${levels}, expected ${FULL}: a power cut forgets commitments`]),
    ...(commits === 1 ? [] : [`one commitment took ${commits} transactions: a kill between them loses a part`]),
    ...(left.open === 1 ? [] : ['the bytes of a commitment were not on disk when it returned']),
    ...(left.reserved === 7n ? [] : ['the reservation of a commitment was not on disk when it returned']),
    ...(left.inputs === 20 ? [] : ['the log before a commitment was not on disk when it returned']),
  ]
}

/** PRAGMA synchronous: FULL (sqlite.org/pragma.html). */
const FULL = 2

/** Opens something and asks every database that it opens how durable its commits are. */
function watchingSync<T>(open: () => T): readonly [number[], T] {
  const { exec } = DatabaseSync.prototype
  const seen = new Set<DatabaseSync>()
  DatabaseSync.prototype.exec = function spy(this: DatabaseSync, sql: string): void {
    seen.add(this)
    exec.call(this, sql)
  }
  const opened = open()
  DatabaseSync.prototype.exec = exec
  const levels = [...seen].map((db) => Number(db.prepare('PRAGMA synchronous').get()?.['synchronous']))
  return [levels, opened]
}

function copied(path: string, journal: SqliteJournal) {
  const copy = `${path}.copy`
  for (const end of ['', '-wal']) {
    const file = openSync(`${copy}${end}`, 'w')
    writeSync(file, readFileSync(`${path}${end}`))
    closeSync(file)
  }
  journal.close()
  const again = openSqliteJournal({ path: copy })
  const found = {
    open: again.open(CHAIN).length,
    reserved: again.lives()[0]?.reserved,
    inputs: [...again.inputs()].length,
  }
  again.close()
  return found
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

/** Somebody changed what happened. */
export const tampered: Drill = async (stage) => {
  const path = written(stage)
  const db = new DatabaseSync(path)
  db.exec("UPDATE event SET body = replace(body, 'signed', 'singed') WHERE seq = 3")
  db.close()
  return refused(opening(path), 'E_JOURNAL_CORRUPT', 'a journal whose story was changed')
}

/** A page of the file is not what was written. */
export const damaged: Drill = async (stage) => {
  const path = written(stage)
  const file = openSync(path, 'r+')
  const pages = Math.floor(statSync(path).size / 4_096)
  // One page in the midst: what nobody reads at the start is found by the check alone.
  writeSync(file, Buffer.alloc(64, 0xee), 0, 64, Math.floor(pages / 2) * 4_096)
  closeSync(file)
  return refused(opening(path), 'E_JOURNAL_CORRUPT', 'a damaged journal')
}

/** The journal of another key or network. */
export const anothers: Drill = async (stage) =>
  refused(opening(written(stage, 'them')), 'E_JOURNAL_OWNER', "somebody else's journal")

/** A second agent on the same journal. */
export const shared: Drill = async (stage) => {
  const path = written(stage)
  const held = openSqliteJournal({ path, owner: 'us' })
  const found = opening(path)
  held.close()
  return refused(found, 'E_LOCKED', 'a journal that another agent holds')
}

/** One nonce for two meanings: both may be paid, or neither. */
export const twoMeanings: Drill = async ({ journal }) => {
  journal.commit(tx(0))
  return [
    ...refused(
      codeOf(() => journal.commit(tx(0, { hash: '0xaa', leg: 'claim' }))),
      'E_INVARIANT',
      'another leg at a nonce that is given',
    ),
    ...refused(
      codeOf(() => journal.commit(tx(0, { hash: '0xbb', intent: intentOf(9) }))),
      'E_INVARIANT',
      'another intent at a nonce that is given',
    ),
  ]
}

/** One intent at two nonces: both may be mined. */
export const twoNonces: Drill = async ({ journal }) => {
  journal.commit(tx(0))
  const again = codeOf(() => journal.commit(tx(1, { intent: intentOf(0) })))
  return refused(again, 'E_INVARIANT', 'a second nonce for an intent that may still be mined')
}

/** Capital stays promised until its claim is paid, through a reorganisation too, and is free when the bid failed. */
export const lives: Drill = async ({ journal }) => {
  const state = () =>
    journal
      .lives()
      .map((life) => `${life.state} ${life.reserved}`)
      .join()
  const found: string[] = []
  const expect = (what: string, wanted: string): void => {
    if (state() !== wanted) found.push(`${what}: ${state() || 'nothing is held'}, expected ${wanted || 'nothing held'}`)
  }
  journal.commit(tx(0))
  expect('after the signature', 'signed 7')
  journal.settle(tx(0).hash, 'included')
  expect('when the bid is final', 'final 7')
  journal.settle(tx(0).hash, 'signed')
  expect('when a reorganisation took the bid back', 'signed 7')
  journal.settle(tx(0).hash, 'included')
  journal.paid(intentOf(0))
  expect('when the claim is paid', '')
  journal.commit(tx(1))
  journal.settle(tx(1).hash, 'reverted')
  expect('when the bid failed', '')
  return found
}
