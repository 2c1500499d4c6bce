// What happened to transactions and liquidations, each entry sealed by the digest of all before it.
import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { encode } from './codec.ts'
import { corrupt } from './disk.ts'

/** Appends within the caller's transaction; `lost` when that transaction did not hold. */
export type EventChain = { append(event: unknown): void; lost(): void }

/** Opens the chain and reads it through once: E_JOURNAL_CORRUPT when an entry was changed, lost or moved. */
export function openEventChain(db: DatabaseSync, path: string): EventChain {
  const add = db.prepare('INSERT INTO event (seq, body, digest) VALUES (?, ?, ?)')
  const last = db.prepare('SELECT seq, digest FROM event ORDER BY seq DESC LIMIT 1')
  const read = (): Tail => {
    const { seq, digest } = last.get() ?? {}
    return { seq: typeof seq === 'number' ? seq : 0, digest: typeof digest === 'string' ? digest : '' }
  }
  verify(db, path)
  let tail: Tail | undefined = read()
  return {
    append: (event) => {
      const body = encode(event)
      const from = tail ?? read()
      tail = { seq: from.seq + 1, digest: sealed(from.digest, body) }
      add.run(tail.seq, body, tail.digest)
    },
    lost: () => {
      tail = undefined
    },
  }
}

/** Where the chain ends. Kept in memory: the hot path reads nothing back. */
type Tail = { readonly seq: number; readonly digest: string }

function verify(db: DatabaseSync, path: string): void {
  let before = ''
  let seen = 0
  for (const { seq, body, digest } of db.prepare('SELECT * FROM event ORDER BY seq').iterate()) {
    before = sealed(before, String(body))
    if (seq !== ++seen || digest !== before)
      throw corrupt(path, new Error(`entry ${String(seq)} is not what was written`))
  }
}

const sealed = (before: string, body: string): string => hash('sha256', before + body)
