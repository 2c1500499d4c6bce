// What the agent must not forget, in one SQLite file with one writer. SIGKILL is a normal shutdown.
import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Address } from 'viem'
import type { GapRecord } from '../../domain/gap-record.ts'
import type { Decision } from '../../domain/liquidation.ts'
import type { ChainId } from '../../domain/units.ts'
import type { Journal, JournaledTx } from '../../ports/journal.ts'
import { decode, encode } from './codec.ts'
import { conflict } from './conflict.ts'
import { openDatabase } from './database.ts'
import { decisionOf, gapOf, transactionOf } from './rows.ts'

export type SqliteJournalOptions = {
  /** The file; created when absent. */
  readonly path: string
  /** Buffered entries after which the buffer is written by itself. */
  readonly buffer?: number
}

/** A journal that can also tell the story again. */
export type SqliteJournal = Journal & {
  /** Everything the core was told, oldest first. */
  inputs(): Iterable<unknown>
}

/** Opens the journal for this process alone: E_LOCKED when another one has it, E_JOURNAL when it cannot be used. */
export function openSqliteJournal({ path, buffer = 512 }: SqliteJournalOptions): SqliteJournal {
  const db = openDatabase(path)
  const log = bufferedLog(db)
  const say = statements(db)
  const append = (write: () => void) => {
    write()
    if (log.waiting() >= buffer) log.flush()
  }
  return {
    input: (input) => append(() => log.input(encode(input))),
    decision: (decision) => append(() => log.decision(decision)),
    gap: (record) => append(() => log.gap(record)),
    gaps: () => {
      log.flush()
      return say.gaps.all().map(gapOf)
    },
    commit: (tx) => inOneTransaction(db, () => commit(db, log, tx)),
    settle: (txHash, state) => void say.settle.run(state, txHash),
    open: (chain) => say.open.all(chain).map(transactionOf),
    nextNonce: (chain, from) => nextNonce(db, chain, from),
    history: (chain, from, nonce) => say.history.all(chain, from.toLowerCase(), nonce).map(transactionOf),
    remember: (key, value) => void say.remember.run(key, value),
    recall: (key) => text(say.recall.get(key)?.['value']),
    decisions: (filter) => {
      log.flush()
      return decisions(db, filter)
    },
    *inputs() {
      log.flush()
      for (const row of say.inputs.iterate()) yield decode(String(row['body']))
    },
    flush: () => log.flush(),
    close: () => {
      log.flush()
      db.close()
    },
  }
}

/** The log first, then the transaction: one fsync, and the row says how far the log had come. */
function commit(db: DatabaseSync, log: Log, tx: JournaledTx): void {
  const { position, digest } = log.write()
  const related = 'SELECT * FROM tx WHERE chain = ? AND sender = ? AND (nonce = ? OR (intent = ? AND leg = ?))'
  const rows = db.prepare(related).all(tx.chain, tx.from.toLowerCase(), tx.nonce, tx.intent ?? null, tx.leg)
  if (conflict(tx, rows.map(transactionOf)) === 'known') return
  db.prepare(
    `INSERT INTO tx (chain, sender, nonce, intent, leg, raw, hash, state, log_position, log_digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    tx.chain,
    tx.from.toLowerCase(),
    tx.nonce,
    tx.intent ?? null,
    tx.leg,
    tx.raw,
    tx.hash,
    tx.state,
    position,
    digest,
  )
}

function nextNonce(db: DatabaseSync, chain: ChainId, from: Address): number | undefined {
  const row = db
    .prepare('SELECT max(nonce) AS top FROM tx WHERE chain = ? AND sender = ?')
    .get(chain, from.toLowerCase())
  return typeof row?.['top'] === 'number' ? row['top'] + 1 : undefined
}

/** Newest first. */
function decisions(db: DatabaseSync, filter: Parameters<Journal['decisions']>[0]): readonly Decision[] {
  const { since = 0, kind, limit = -1 } = filter
  return db
    .prepare('SELECT body FROM decision WHERE at >= ? AND (? IS NULL OR kind = ?) ORDER BY seq DESC LIMIT ?')
    .all(since, kind ?? null, kind ?? null, limit)
    .map(decisionOf)
}

function statements(db: DatabaseSync) {
  return {
    settle: db.prepare('UPDATE tx SET state = ? WHERE hash = ?'),
    open: db.prepare(`SELECT * FROM tx WHERE chain = ? AND state = 'signed' ORDER BY seq`),
    history: db.prepare('SELECT * FROM tx WHERE chain = ? AND sender = ? AND nonce >= ? ORDER BY seq'),
    remember: db.prepare(
      'INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    recall: db.prepare('SELECT value FROM fact WHERE key = ?'),
    inputs: db.prepare('SELECT body FROM input ORDER BY seq'),
    gaps: db.prepare('SELECT body FROM gap ORDER BY seq'),
  }
}

type Log = ReturnType<typeof bufferedLog>

/** Inputs form a hash chain, so that a commit can name the exact story it was decided from. */
function bufferedLog(db: DatabaseSync) {
  const last = db.prepare('SELECT seq, digest FROM input ORDER BY seq DESC LIMIT 1').get()
  let position = typeof last?.['seq'] === 'number' ? last['seq'] : 0
  let digest = text(last?.['digest']) ?? ''
  let inputs: string[] = []
  let taken: Decision[] = []
  let gaps: GapRecord[] = []
  const addInput = db.prepare('INSERT INTO input (seq, body, digest) VALUES (?, ?, ?)')
  const addDecision = db.prepare('INSERT INTO decision (at, kind, reason, body) VALUES (?, ?, ?, ?)')
  const addGap = db.prepare('INSERT INTO gap (at, body) VALUES (?, ?)')
  const write = () => {
    for (const body of inputs) {
      digest = hash('sha256', digest + body)
      addInput.run(++position, body, digest)
    }
    for (const decision of taken) addDecision.run(decision.at, decision.kind, decision.reason, encode(decision))
    for (const record of gaps) addGap.run(record.realised.realisedAt, encode(record))
    inputs = []
    taken = []
    gaps = []
    return { position, digest }
  }
  const waiting = () => inputs.length + taken.length + gaps.length
  return {
    input: (body: string) => void inputs.push(body),
    decision: (decision: Decision) => void taken.push(decision),
    gap: (record: GapRecord) => void gaps.push(record),
    waiting,
    write,
    flush: () => waiting() > 0 && inOneTransaction(db, write),
  }
}

function inOneTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
