// The journal's file: who may open it, how durable it is, and its tables.
import { DatabaseSync } from 'node:sqlite'
import { configError, EXIT, LienmeshError } from '../../domain/errors.ts'

/** Opens the file exclusively, durable at every commit, with its tables. Throws E_LOCKED or E_JOURNAL. */
export function openDatabase(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: 0 })
    try {
      prepare(db)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

const SCHEMA = 1

function prepare(db: DatabaseSync): void {
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  db.exec('BEGIN IMMEDIATE')
  const version = number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version !== 0 && version !== SCHEMA) throw wrongSchema(version)
  db.exec(TABLES)
  db.exec(`PRAGMA user_version = ${SCHEMA}`)
  db.exec('COMMIT')
  if (number(db.prepare('PRAGMA synchronous').get()?.['synchronous']) !== FULL)
    throw new Error('synchronous is not FULL')
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
CREATE INDEX IF NOT EXISTS tx_by_nonce ON tx (chain, sender, nonce);
CREATE INDEX IF NOT EXISTS tx_by_intent ON tx (intent, leg);
CREATE INDEX IF NOT EXISTS tx_open ON tx (chain, state);
CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

/** SQLite result codes (sqlite.org/rescode.html). */
const BUSY = 5
const LOCKED = 6

function unusable(path: string, error: unknown): LienmeshError {
  if (error instanceof LienmeshError) return error
  const code = error instanceof Error && 'errcode' in error ? number(error.errcode) & 0xff : 0
  if (code === BUSY || code === LOCKED) {
    return new LienmeshError('E_LOCKED', `The journal ${path} is in use by another process.`, {
      remedy: 'fix-config',
      exit: EXIT.config,
      fix: 'Stop the other agent, or give this one a data directory of its own: one key never runs twice.',
      cause: error,
    })
  }
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
