// The double-entry book in the journal: postings, what stands on every account, and what is reserved meanwhile.
import type { DatabaseSync } from 'node:sqlite'
import { invariantBroken } from '../../domain/errors.ts'
import { type Balance, balancesOf, type Posting, reserving, reversed, unbalanced } from '../../domain/posting.ts'
import type { ChainId } from '../../domain/units.ts'
import type { Life } from '../../ports/journal.ts'
import { encode } from './codec.ts'
import { postingOf } from './rows.ts'

/** Writes within the caller's transaction; `lost` when that transaction did not hold. */
export type PostingBook = {
  /** False when its ref stands already. */
  post(posting: Posting): boolean
  /** Takes a standing posting back by another one. False when none stands. */
  undo(ref: string): boolean
  after(chain: ChainId, block: bigint): readonly Posting[]
  balances(): readonly Balance[]
  lost(): void
}

/** The book in a database. Balances are summed once, then kept. */
export function openPostingBook(db: DatabaseSync): PostingBook {
  const add = db.prepare('INSERT INTO posting (ref, chain, block, body, stands) VALUES (?, ?, ?, ?, ?)')
  const standing = db.prepare('SELECT * FROM posting WHERE ref = ? AND stands = 1')
  const fall = db.prepare('UPDATE posting SET stands = 0 WHERE ref = ? AND stands = 1')
  const later = db.prepare('SELECT * FROM posting WHERE chain = ? AND block > ? ORDER BY seq')
  const all = db.prepare('SELECT * FROM posting ORDER BY seq')
  let balances: readonly Balance[] | undefined
  const now = (): readonly Balance[] => {
    balances ??= balancesOf(all.all().map(postingOf))
    return balances
  }
  const write = (posting: Posting, stands: 0 | 1): void => {
    balances = balancesOf([posting], now())
    add.run(posting.ref, posting.chain, posting.block, encode(posting.entries), stands)
  }
  return {
    post: (posting) => {
      requireBalance(posting)
      if (standing.get(posting.ref) !== undefined) return false
      write(posting, 1)
      return true
    },
    undo: (ref) => {
      const [found] = standing.all(ref).map(postingOf)
      if (found === undefined) return false
      fall.run(ref)
      write(reversed(found), 0)
      return true
    },
    after: (chain, block) => later.all(chain, block).map(postingOf),
    balances: now,
    lost: () => {
      balances = undefined
    },
  }
}

/** Throws E_INVARIANT when a posting creates or destroys something. */
export function requireBalance({ ref, entries }: Posting): void {
  const [first] = unbalanced(entries)
  if (first !== undefined) throw invariantBroken(`Posting ${ref} does not balance.`, { ...first })
}

/** Reservations are no rows of their own: a bid's is in its life, from the signature until its fate is final. */
export const withReserved = (balances: readonly Balance[], lives: readonly Life[]): readonly Balance[] =>
  balancesOf(
    lives.flatMap(({ intent, chain, reserved, state }) =>
      state === 'signed' || state === 'abandoned' ? reserving(intent, chain, reserved) : [],
    ),
    balances,
  )
