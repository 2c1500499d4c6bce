// The journal's file: who may open it, how durable it is, and its tables.
import { DatabaseSync } from 'node:sqlite'
import { configError, LienmeshError } from '../../domain/errors.ts'
import { corrupt, diskError } from './disk.ts'

/** Opens the file exclusively, durable at every commit, with its tables. Throws E_LOCKED, E_JOURNAL.. or E_DISK. */
export function openDatabase(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: 0 })
    try {
      prepare(db, path)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

/** Where the file is, and who must know that a transaction did not hold. */
type Keeping = { readonly path: string; readonly lost: () => void }

/** All of the work or nothing of it, durable when this returns. Failures of the disk are ours. */
export function inOneTransaction<T>(db: DatabaseSync, { path, lost }: Keeping, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE')
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (db.isTransaction) db.exec('ROLLBACK')
    lost()
    throw diskError(path, error)
  }
}

const SCHEMA = 4
/** Earlier versions whose tables this one only adds to. */
const READABLE = [0, 1, 2, 3, SCHEMA]

function prepare(db: DatabaseSync, path: string): void {
  requireVersion(text(db.prepare('SELECT sqlite_version() AS version').get()?.['version']))
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  db.exec('BEGIN IMMEDIATE')
  const version = number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (!READABLE.includes(version)) throw wrongSchema(version)
  const found = text(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
  if (found !== 'ok') throw corrupt(path, new Error(found))
  db.exec(TABLES)
  db.exec(`PRAGMA user_version = ${SCHEMA}`)
  db.exec('COMMIT')
  if (number(db.prepare('PRAGMA synchronous').get()?.['synchronous']) !== FULL)
    throw new Error('synchronous is not FULL')
}

/** Below it a write-ahead log with a second connection could lose pages (sqlite.org/wal.html, 3.51.3). */
const LEAST = [3, 51, 3] as const

/** Throws E_SQLITE for a version with that fault. */
export function requireVersion(version: string): void {
  const found = version.split('.').map(Number)
  for (const [i, least] of LEAST.entries()) {
    const part = found[i] ?? 0
    if (part > least) return
    if (part < least) break
    if (i === LEAST.length - 1) return
  }
  throw configError('E_SQLITE', `Found SQLite ${version}, expected ${LEAST.join('.')} or newer.`, 'Use a newer Node.')
}

/** The value of PRAGMA synchronous that means FULL (sqlite.org/pragma.html). */
const FULL = 2

const TABLES = `
CREATE TABLE IF NOT EXISTS input (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS decision (
  seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS decision_by_time ON decision (at);
CREATE TABLE IF NOT EXISTS gap (seq INTEGER PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tx (
  seq INTEGER PRIMARY KEY, chain INTEGER NOT NULL, sender TEXT NOT NULL, nonce INTEGER NOT NULL,
  intent TEXT, leg TEXT NOT NULL, raw TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('signed', 'included', 'reverted', 'dropped')),
  log_position INTEGER NOT NULL, log_digest TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tx_by_place ON tx (chain, sender, nonce, state);
CREATE INDEX IF NOT EXISTS tx_by_intent ON tx (intent, leg);
DROP INDEX IF EXISTS tx_by_nonce;
DROP INDEX IF EXISTS tx_open;
CREATE TABLE IF NOT EXISTS life (
  intent TEXT PRIMARY KEY, chain INTEGER NOT NULL, reserved TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('signed', 'final', 'settled', 'failed', 'abandoned'))
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bid (intent TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS posting (
  seq INTEGER PRIMARY KEY, ref TEXT NOT NULL, chain INTEGER NOT NULL, block INTEGER NOT NULL, body TEXT NOT NULL,
  stands INTEGER NOT NULL CHECK (stands IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS posting_standing ON posting (ref) WHERE stands = 1;
CREATE INDEX IF NOT EXISTS posting_by_block ON posting (chain, block);
CREATE TABLE IF NOT EXISTS step (seq INTEGER PRIMARY KEY, intent TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS step_by_intent ON step (intent);
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

function unusable(path: string, error: unknown): unknown {
  const known = diskError(path, error)
  if (known instanceof LienmeshError) return known
  return configError(
    'E_JOURNAL',
    `The journal ${path} cannot be opened.`,
    'Check the path, its owner and the disk.',
    error,
  )
}

const wrongSchema = (found: number): LienmeshError =>
  configError(
    'E_JOURNAL',
    `The journal has version ${found}, expected ${SCHEMA}.`,
    'Use the version of the program that wrote it, or a new data directory once everything is settled.',
  )

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
