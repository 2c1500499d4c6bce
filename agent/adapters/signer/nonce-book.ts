// What every nonce was signed for, in a file of the signer's own: durable before a signature leaves, whoever is killed.
import { DatabaseSync } from 'node:sqlite'
import type { Address, Hex } from 'viem'
import { configError, unavailable } from '../../domain/errors.ts'
import type { UnsignedTransaction } from '../../ports/signer.ts'
import { judge, type Spent, spentBy, type Verdict } from './nonce-rule.ts'

/** The book of one key. */
export type NonceBook = {
  /** Judges a transaction and, when it may be signed, writes it down: durable before it returns. */
  spend(transaction: UnsignedTransaction): { readonly verdict: Verdict; readonly before: Spent | undefined }
  close(): void
}

/** Opens the book for this process alone. Throws E_SIGNER_BOOK when it is in use, damaged or of another key. */
export function openNonceBook(path: string, self: Address): NonceBook {
  const db = opened(path, self)
  const find = db.prepare('SELECT meaning, max_fee, tip FROM spent WHERE chain = ? AND nonce = ?')
  const write = db.prepare(
    `INSERT INTO spent (chain, nonce, meaning, max_fee, tip) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (chain, nonce) DO UPDATE SET meaning = excluded.meaning, max_fee = excluded.max_fee, tip = excluded.tip`,
  )
  return {
    spend(transaction) {
      const { chain, nonce } = transaction
      const before = spentIn(find.get(chain, nonce))
      const verdict = judge(transaction, self, before)
      if (verdict !== 'first' && verdict !== 'replaced' && verdict !== 'cancelled') return { verdict, before }
      const { meaning, maxFee, tip } = spentBy(transaction)
      try {
        write.run(chain, nonce, meaning, maxFee.toString(), tip.toString())
      } catch (error) {
        throw unavailable(
          'E_SIGNER_BOOK',
          `The signer's book ${path} cannot be written: ${reason(error)}.`,
          'Free the disk, or mend it; nothing is signed until then.',
          error,
        )
      }
      return { verdict, before }
    },
    close: () => db.close(),
  }
}

const TABLES = `
CREATE TABLE IF NOT EXISTS owner (address TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS spent (
  chain INTEGER NOT NULL, nonce INTEGER NOT NULL, meaning TEXT NOT NULL, max_fee TEXT NOT NULL, tip TEXT NOT NULL,
  PRIMARY KEY (chain, nonce)
) STRICT, WITHOUT ROWID;
`

function opened(path: string, self: Address): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: 0 })
    try {
      db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`)
      const found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
      if (found !== 'ok') throw new Error(String(found))
      claim(db, self)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    throw configError(
      'E_SIGNER_BOOK',
      `The signer's book ${path} cannot be used: ${reason(error)}.`,
      'End the other signer of this key, or bring back the newest book. A key without its book may sign a nonce twice.',
      error,
    )
  }
}

/** A book belongs to one key. */
function claim(db: DatabaseSync, self: Address): void {
  const mine = self.toLowerCase()
  db.prepare('INSERT INTO owner SELECT ? WHERE NOT EXISTS (SELECT 1 FROM owner)').run(mine)
  const owner = db.prepare('SELECT address FROM owner').get()?.['address']
  if (owner !== mine) throw new Error(`it belongs to ${String(owner)}`)
}

/** We alone write these rows. */
const spentIn = (row: Readonly<Record<string, unknown>> | undefined): Spent | undefined =>
  row && {
    meaning: String(row['meaning']) as Hex,
    maxFee: BigInt(String(row['max_fee'])),
    tip: BigInt(String(row['tip'])),
  }

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
