// The journal without a disk: for tests, simulation and shadow runs. It keeps the same rules.
import type { GapRecord } from '../../domain/gap-record.ts'
import type { Decision } from '../../domain/liquidation.ts'
import type { Journal, JournaledTx } from '../../ports/journal.ts'
import { decode, encode } from './codec.ts'
import { conflict } from './conflict.ts'

/** A journal that is forgotten with the process. */
export type MemoryJournal = Journal & { inputs(): Iterable<unknown> }

/** Opens an empty journal in memory. */
export function openMemoryJournal(): MemoryJournal {
  const inputs: string[] = []
  const decisions: Decision[] = []
  const gaps: GapRecord[] = []
  const facts = new Map<string, string>()
  let rows: readonly JournaledTx[] = []
  const of = (chain: number, from: string) =>
    rows.filter((row) => row.chain === chain && row.from.toLowerCase() === from.toLowerCase())
  return {
    input: (input) => void inputs.push(encode(input)),
    decision: (decision) => void decisions.push(decision),
    gap: (record) => void gaps.push(record),
    gaps: () => gaps,
    commit: (tx) => {
      if (conflict(tx, of(tx.chain, tx.from)) === 'new') rows = [...rows, lowered(tx)]
    },
    settle: (hash, state) => {
      rows = rows.map((row) => (row.hash === hash ? { ...row, state } : row))
    },
    open: (chain) => rows.filter((row) => row.chain === chain && row.state === 'signed'),
    nextNonce: (chain, from) => {
      const nonces = of(chain, from).map((row) => row.nonce)
      return nonces.length === 0 ? undefined : Math.max(...nonces) + 1
    },
    history: (chain, from, nonce) => of(chain, from).filter((row) => row.nonce >= nonce),
    remember: (key, value) => void facts.set(key, value),
    recall: (key) => facts.get(key),
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

const lowered = (tx: JournaledTx): JournaledTx => ({ ...tx, from: `0x${tx.from.slice(2).toLowerCase()}` })
