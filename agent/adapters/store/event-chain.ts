// What happened to transactions and liquidations, each entry sealed by the digest of all before it.
import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { encode } from './codec.ts'
import { corrupt } from './disk.ts'

/** Appends within the caller's transaction. */
export type EventChain = { append(event: unknown): void }

/** Opens the chain and reads it through once: E_JOURNAL_CORRUPT when an entry was changed, lost or moved. */
export function openEventChain(db: DatabaseSync, path: string): EventChain {
  const add = db.prepare('INSERT INTO event (seq, body, digest) VALUES (?, ?, ?)')
  const last = db.prepare('SELECT seq, digest FROM event ORDER BY seq DESC LIMIT 1')
  verify(db, path)
  return {
    append: (event) => {
      const { seq, digest } = last.get() ?? {}
      const body = encode(event)
      add.run((typeof seq === 'number' ? seq : 0) + 1, body, sealed(typeof digest === 'string' ? digest : '', body))
    },
  }
}

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
