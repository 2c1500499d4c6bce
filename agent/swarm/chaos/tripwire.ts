// Ends the agent's process at a named point, from outside the agent's code: wrapped around its journal and its voice.
import { writeSync } from 'node:fs'
import type { Journal, JournaledTx } from '../../ports/journal.ts'
import type { Adapters } from '../../runtime/adapters.ts'

/** Ends the process when `point` is armed. */
export type Trip = (point: string) => void

/** How a life says on standard error at which point it ends. */
export const ENDED_AT = 'ended at '

/** A tripwire at some points. SIGKILL to oneself arrives before the call returns: nothing runs after it. */
export const tripwire =
  (armed: readonly string[]): Trip =>
  (point) => {
    if (!armed.includes(point)) return
    writeSync(2, `${ENDED_AT}${point}\n`)
    process.kill(process.pid, 'SIGKILL')
  }

/** The agent's voice, and the points just before it speaks. */
export const talkative =
  (trip: Trip): Adapters['emit'] =>
  (emit) =>
  (event, fields) => {
    trip(`event:${event}`)
    emit(event, fields)
  }

/** The journal, and the points around everything that it makes durable. */
export function wired(journal: Journal, trip: Trip): Journal {
  const legs = new Map<string, string>()
  const nonces = new Set<string>()
  const known = (tx: JournaledTx): JournaledTx => {
    legs.set(tx.hash, tx.leg)
    nonces.add(`${tx.chain}:${tx.nonce}`)
    return tx
  }
  return {
    ...journal,
    open: (chain) => {
      const open = journal.open(chain).map(known)
      trip('recover:read')
      return open
    },
    commit: (tx) => {
      const replaces = nonces.has(`${tx.chain}:${tx.nonce}`)
      known(tx)
      trip(`commit:before:${tx.leg}`)
      journal.commit(watched(tx, () => trip(`commit:inside:${tx.leg}`)))
      trip(`commit:after:${replaces ? 'replacement' : tx.leg}`)
    },
    settle: (...settled) => {
      const leg = legs.get(settled[0]) ?? 'unknown'
      trip(`settle:before:${leg}`)
      journal.settle(...settled)
      trip(`settle:after:${leg}`)
    },
    paid: (...settled) => {
      journal.paid(...settled)
      trip('paid:after')
    },
  }
}

/** A transaction whose reading tells that the journal is in the midst of writing it: its transaction is open by then. */
const watched = (tx: JournaledTx, reading: () => void): JournaledTx => ({
  ...tx,
  get raw() {
    reading()
    return tx.raw
  },
})
