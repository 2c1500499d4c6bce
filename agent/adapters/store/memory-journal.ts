// The journal without a disk: for tests, simulation and shadow runs. It keeps the same rules.

import type { GapRecord } from '../../domain/gap-record.ts'
import { holdsCapital } from '../../domain/life.ts'
import type { Decision } from '../../domain/liquidation.ts'
import { wad } from '../../domain/units.ts'
import type { Journal, JournaledTx, Life } from '../../ports/journal.ts'
import { decode, encode } from './codec.ts'
import { conflict } from './conflict.ts'
import { ofLife, settledLife, signedLife, step } from './lives.ts'
import { openMemoryBook } from './memory-book.ts'
import { admittedOf } from './rows.ts'

/** A journal that is forgotten with the process. */
export type MemoryJournal = Journal & { inputs(): Iterable<unknown> }

/** Opens an empty journal in memory. */
export function openMemoryJournal(): MemoryJournal {
  const inputs: string[] = []
  const decisions: Decision[] = []
  let rows: readonly JournaledTx[] = []
  const { lives, relive, live } = memoryLives()
  const book = openMemoryBook()
  const notebook = memoryNotebook()
  const byHash = (hash: string) => rows.find((row) => row.hash === hash)
  const of = (chain: number, from: string) =>
    rows.filter((row) => row.chain === chain && row.from.toLowerCase() === from.toLowerCase())
  return {
    input: (input) => void inputs.push(encode(input)),
    decision: (decision) => void decisions.push(decision),
    commit: (tx) => {
      if (conflict(tx, of(tx.chain, tx.from)) === 'known') return
      if (ofLife(tx)) live(tx)
      rows = [...rows, lowered(tx)]
    },
    settle: (hash, state, posting) => {
      const tx = byHash(hash)
      if (tx !== undefined && tx.state !== state) book.settled(hash, state, posting)
      if (tx !== undefined && tx.state !== state && ofLife(tx))
        relive(tx.intent, (before) => settledLife(tx, before, state))
      rows = rows.map((row) => (row.hash === hash ? { ...row, state } : row))
    },
    abandon: (hash) => {
      const tx = byHash(hash)
      if (tx) relive(tx.intent, (state) => step(tx, state, 'foreign'))
    },
    paid: (intent, facts = {}) => {
      relive(intent, (state) => step({ intent, hash: '0x' }, state, 'settle'))
      for (const [key, value] of Object.entries(facts)) notebook.keep(key, value)
    },
    ...notebook,
    post: book.post,
    postings: book.postings,
    note: book.note,
    balances: () => book.balances([...lives.values()]),
    settlements: (filter) => book.records(filter, { lives, transactions: rows }),
    lives: () => [...lives.values()].filter(({ state }) => holdsCapital(state)),
    open: (chain) => rows.filter((row) => row.chain === chain && row.state === 'signed'),
    nextNonce: (chain, from) => {
      const nonces = of(chain, from).map((row) => row.nonce)
      return nonces.length === 0 ? undefined : Math.max(...nonces) + 1
    },
    history: (chain, from, nonce) => of(chain, from).filter((row) => row.nonce >= nonce),
    decisions: ({ since = 0, kind, limit = decisions.length }) =>
      decisions
        .filter((decision) => decision.at >= since && (kind === undefined || decision.kind === kind))
        .reverse()
        .slice(0, limit),
    inputs: () => inputs.map(decode),
    flush: () => undefined,
    close: () => undefined,
  }
}

/** Gaps that ended, bids as they were admitted, and small values by name. */
function memoryNotebook(): Pick<Journal, 'gap' | 'gaps' | 'admitted' | 'bid' | 'keep' | 'remember' | 'recall'> {
  const facts = new Map<string, string>()
  const bids = new Map<string, string>()
  const gaps: GapRecord[] = []
  return {
    gap: (record) => void gaps.push(record),
    gaps: () => gaps,
    admitted: (bid) => void bids.set(bid.intent.id, encode(bid)),
    bid: (intent) => {
      const body = bids.get(intent)
      return body === undefined ? undefined : admittedOf({ body })
    },
    keep: (key, value) => void facts.set(key, value),
    remember: (key, value) => void facts.set(key, value),
    recall: (key) => facts.get(key),
  }
}

/** As a row holds it: the reservation is the life's. */
const lowered = ({ reserved: _reserved, ...tx }: JournaledTx): JournaledTx => ({
  ...tx,
  from: `0x${tx.from.slice(2).toLowerCase()}`,
})

/** Lives of liquidations by their intent. */
function memoryLives() {
  const lives = new Map<string, Life>()
  const relive = (intent: JournaledTx['intent'], next: (state: Life['state']) => Life['state']) => {
    const life = intent && lives.get(intent)
    if (life) lives.set(life.intent, { ...life, state: next(life.state) })
  }
  const live = (tx: JournaledTx) => {
    const { intent, chain, reserved = wad(0n) } = tx
    const life = intent && lives.get(intent)
    const state = signedLife(tx, life?.state)
    if (intent && state) lives.set(intent, life ? { ...life, state } : { intent, chain, reserved, state })
  }
  return { lives, relive, live }
}
