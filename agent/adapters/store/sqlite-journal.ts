// What the agent must not forget, in one SQLite file with one writer. SIGKILL is a normal shutdown.
import type { DatabaseSync } from 'node:sqlite'
import type { Hash } from 'viem'
import { LienmeshError } from '../../domain/errors.ts'
import type { LifeState } from '../../domain/life.ts'
import type { Decision } from '../../domain/liquidation.ts'
import type { Posting } from '../../domain/posting.ts'
import type { Facts, Journal, JournaledTx } from '../../ports/journal.ts'
import { type BufferedLog, bufferedLog } from './buffered-log.ts'
import { decode, encode } from './codec.ts'
import { conflict } from './conflict.ts'
import { inOneTransaction, openDatabase } from './database.ts'
import { diskError } from './disk.ts'
import { type EventChain, openEventChain } from './event-chain.ts'
import { claimIdentity } from './identity.ts'
import { ofLife, settledLife, signedLife, step } from './lives.ts'
import { openPostingBook, type PostingBook, withReserved } from './posting-book.ts'
import { admittedOf, decisionOf, gapOf, lifeOf, transactionOf } from './rows.ts'
import { openSettlementLog, type SettlementLog } from './settlement-log.ts'

export type SqliteJournalOptions = {
  /** The file; created when absent. */
  readonly path: string
  /** Whose journal it is: network and key. A journal of somebody else is refused with E_JOURNAL_OWNER. */
  readonly owner?: string
  /** Buffered entries after which the buffer is written by itself. */
  readonly buffer?: number
  /** Told when the disk takes nothing; what is only watched goes on. */
  readonly trouble?: (error: unknown) => void
}

/** A journal that can also tell the story again. */
export type SqliteJournal = Journal & {
  /** Everything the core was told, oldest first. */
  inputs(): Iterable<unknown>
}

/** Opens the journal for this process alone. Throws E_LOCKED, E_JOURNAL.., E_SQLITE or E_DISK, each with its remedy. */
export function openSqliteJournal({ path, owner, buffer = 512, trouble }: SqliteJournalOptions): SqliteJournal {
  const db = openDatabase(path)
  const rooms = prepared(db, path, owner)
  const { log, say } = rooms
  const within = <T>(work: () => T): T => inOneTransaction(db, { path, lost: () => forget(rooms) }, work)
  const flush = () => {
    if (log.waiting() === 0) return
    within(log.write)
    log.held()
  }
  /** What the disk does not take waits on: nobody who only reads is refused for it. */
  const flushed = () => {
    try {
      flush()
    } catch (error) {
      if (!(error instanceof LienmeshError) || error.remedy !== 'retry') throw error
      trouble?.(error)
    }
  }
  const append = (write: () => void) => {
    write()
    if (log.waiting() >= buffer && log.waiting() % buffer === 0) flushed()
  }
  return {
    input: (input) => append(() => log.input(encode(input))),
    decision: (decision) => append(() => log.decision(decision)),
    gap: (record) => append(() => log.gap(record)),
    gaps: () => {
      flushed()
      return say.gaps.all().map(gapOf)
    },
    commit: (tx) => {
      within(() => commit(rooms, tx))
      log.held()
    },
    settle: (hash, state, posting) => within(() => settle(rooms, { hash, state, posting })),
    abandon: (hash) => within(() => abandon(rooms, hash)),
    ...bookkeeping(rooms, within),
    ...notebook(rooms, { append, within }),
    lives: () => say.lives.all().map(lifeOf),
    open: (chain) => say.open.all(chain).map(transactionOf),
    nextNonce: (chain, from) => {
      const top = say.top.get(chain, from.toLowerCase())?.['top']
      return typeof top === 'number' ? top + 1 : undefined
    },
    history: (chain, from, nonce) => say.history.all(chain, from.toLowerCase(), nonce).map(transactionOf),
    decisions: (filter) => {
      flushed()
      return decisions(db, filter)
    },
    *inputs() {
      flush()
      for (const row of say.inputs.iterate()) yield decode(String(row['body']))
    },
    flush,
    close: () => {
      try {
        flushed()
      } finally {
        db.close()
      }
    },
  }
}

type Bookkeeping = Pick<Journal, 'post' | 'balances' | 'postings' | 'note' | 'settlements'>

const bookkeeping = (rooms: Rooms, within: <T>(work: () => T) => T): Bookkeeping => ({
  post: (posting) => within(() => post(rooms, posting)),
  balances: () => withReserved(rooms.book.balances(), rooms.say.lives.all().map(lifeOf)),
  postings: rooms.book.after,
  note: (step) => within(() => rooms.settlements.note(step)),
  settlements: rooms.settlements.records,
})

type Notebook = Pick<Journal, 'admitted' | 'bid' | 'keep' | 'paid' | 'remember' | 'recall'>

type Writing = {
  readonly append: (write: () => void) => void
  readonly within: <T>(work: () => T) => T
}

const notebook = (rooms: Rooms, { append, within }: Writing): Notebook => ({
  admitted: (bid) => append(() => rooms.log.admitted(bid)),
  bid: (intent) => rooms.say.bid.all(intent).map(admittedOf).at(0),
  keep: (key, value) => append(() => rooms.log.keep(key, value)),
  paid: (intent, facts = {}) =>
    within(() => {
      relive(rooms, intent, (state) => step({ intent, hash: '0x' }, state, 'settle'))
      remember(rooms, facts)
    }),
  remember: (key, value) => within(() => remember(rooms, { [key]: value })),
  recall: (key) => rooms.log.kept(key) ?? text(rooms.say.recall.get(key)?.['value']),
})

type Rooms = {
  readonly log: BufferedLog
  readonly events: EventChain
  readonly book: PostingBook
  readonly settlements: SettlementLog
  readonly say: Statements
}

function prepared(db: DatabaseSync, path: string, owner: string | undefined): Rooms {
  try {
    if (owner !== undefined) claimIdentity(db, path, owner)
    return {
      log: bufferedLog(db),
      events: openEventChain(db, path),
      book: openPostingBook(db),
      settlements: openSettlementLog(db),
      say: statements(db),
    }
  } catch (error) {
    db.close()
    throw diskError(path, error)
  }
}

/** The log first, then transaction, life and event: one fsync, and the row says how far the log had come. */
function commit({ log, events, say }: Rooms, tx: JournaledTx): void {
  const { position, digest } = log.write()
  const sender = tx.from.toLowerCase()
  const { chain, nonce, intent = null, leg, raw, hash, state } = tx
  if (conflict(tx, say.related.all(chain, sender, nonce, intent, leg).map(transactionOf)) === 'known') return
  say.add.run(chain, sender, nonce, intent, leg, raw, hash, state, position, digest)
  events.append({ kind: 'signed', chain, sender, nonce, intent, leg, hash, log: digest })
  if (!ofLife(tx)) return
  const before = stateOf(say, tx.intent)
  const after = signedLife(tx, before)
  if (before === undefined && after !== undefined) say.born.run(intent, chain, (tx.reserved ?? 0n).toString(), after)
  else if (after !== undefined) say.relive.run(after, intent)
}

type Settled = { readonly hash: Hash; readonly state: JournaledTx['state']; readonly posting: Posting | undefined }

function settle(rooms: Rooms, { hash, state, posting }: Settled): void {
  const tx = written(rooms, hash)
  if (tx === undefined || tx.state === state) return
  if (state === 'signed') undo(rooms, hash)
  else if (posting !== undefined) post(rooms, posting)
  rooms.say.settle.run(state, hash)
  rooms.events.append({ kind: 'settled', hash, state })
  if (ofLife(tx)) relive(rooms, tx.intent, (before) => settledLife(tx, before, state))
}

/** Small values, in the place of what waits under their names. */
function remember({ log, say }: Rooms, facts: Facts): void {
  for (const [key, value] of Object.entries(facts)) say.remember.run(key, value)
  log.overtake(Object.keys(facts))
}

function abandon(rooms: Rooms, hash: Hash): void {
  const tx = written(rooms, hash)
  if (tx !== undefined) relive(rooms, tx.intent, (state) => step(tx, state, 'foreign'))
}

function post({ book, events }: Rooms, posting: Posting): boolean {
  if (!book.post(posting)) return false
  events.append({ kind: 'posted', ...posting })
  return true
}

function undo({ book, events }: Rooms, ref: string): void {
  if (book.undo(ref)) events.append({ kind: 'undone', ref })
}

/** What was kept in memory of a transaction that did not hold. */
function forget({ book, events }: Rooms): void {
  events.lost()
  book.lost()
}

const written = ({ say }: Rooms, hash: Hash): JournaledTx | undefined => say.byHash.all(hash).map(transactionOf).at(0)

/** Moves an open life to its next state; what has no life passes. */
function relive({ events, say }: Rooms, intent: JournaledTx['intent'], next: (state: LifeState) => LifeState): void {
  const before = stateOf(say, intent)
  const after = before && next(before)
  if (intent === undefined || after === undefined || after === before) return
  say.relive.run(after, intent)
  events.append({ kind: 'life', intent, state: after })
}

const stateOf = (say: Statements, intent: JournaledTx['intent']): LifeState | undefined =>
  say.life
    .all(intent ?? '')
    .map(lifeOf)
    .at(0)?.state

/** Newest first. */
function decisions(db: DatabaseSync, filter: Parameters<Journal['decisions']>[0]): readonly Decision[] {
  const { since = 0, kind, limit = -1 } = filter
  return db
    .prepare('SELECT body FROM decision WHERE at >= ? AND (? IS NULL OR kind = ?) ORDER BY seq DESC LIMIT ?')
    .all(since, kind ?? null, kind ?? null, limit)
    .map(decisionOf)
}

type Statements = ReturnType<typeof statements>

function statements(db: DatabaseSync) {
  return {
    // One index each: with OR the planner reads every row of the sender.
    related: db.prepare(
      `SELECT * FROM tx WHERE chain = ?1 AND sender = ?2 AND nonce = ?3
       UNION SELECT * FROM tx WHERE intent = ?4 AND leg = ?5 AND chain = ?1 AND sender = ?2`,
    ),
    add: db.prepare(
      `INSERT INTO tx (chain, sender, nonce, intent, leg, raw, hash, state, log_position, log_digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    settle: db.prepare('UPDATE tx SET state = ? WHERE hash = ?'),
    byHash: db.prepare('SELECT * FROM tx WHERE hash = ?'),
    open: db.prepare(`SELECT * FROM tx WHERE chain = ? AND state = 'signed' ORDER BY seq`),
    top: db.prepare('SELECT max(nonce) AS top FROM tx WHERE chain = ? AND sender = ?'),
    history: db.prepare('SELECT * FROM tx WHERE chain = ? AND sender = ? AND nonce >= ? ORDER BY seq'),
    born: db.prepare('INSERT INTO life (intent, chain, reserved, state) VALUES (?, ?, ?, ?)'),
    relive: db.prepare('UPDATE life SET state = ? WHERE intent = ?'),
    life: db.prepare('SELECT * FROM life WHERE intent = ?'),
    lives: db.prepare(`SELECT * FROM life WHERE state NOT IN ('settled', 'failed')`),
    remember: db.prepare(
      'INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    recall: db.prepare('SELECT value FROM fact WHERE key = ?'),
    bid: db.prepare('SELECT body FROM bid WHERE intent = ?'),
    gaps: db.prepare('SELECT body FROM gap ORDER BY seq'),
    inputs: db.prepare('SELECT body FROM input ORDER BY seq'),
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
