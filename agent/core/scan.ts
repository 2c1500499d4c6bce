// Accounts below maintenance margin at the prices a bid would carry.
import type { Candidate, CandidateId } from '../domain/liquidation.ts'
import type { MarginAccount } from '../domain/market.ts'
import type { Instant } from '../domain/units.ts'
import { isBelowMaintenance, margin } from '../maths/margin.ts'
import { accountKey, type Book, type Market } from './book.ts'

/** First sight of an account below maintenance, by account: one candidate per version. */
export type Sightings = Map<string, { readonly id: CandidateId; readonly since: Instant }>

export type Scan = {
  readonly candidates: readonly Candidate[]
  /** Candidates seen for the first time. */
  readonly fresh: readonly Candidate[]
  /** In an auction, or below maintenance a moment ago, and now without a price. */
  readonly unpriced: readonly MarginAccount[]
}

/** Every account of the engine, ourselves left out. */
export function scan(book: Book, sightings: Sightings, market: Market, self: ReadonlySet<string>): Scan {
  const candidates: Candidate[] = []
  const fresh: Candidate[] = []
  const unpriced: MarginAccount[] = []
  for (const [key, fact] of book.accounts) {
    const { account } = fact
    if (account.engine !== market.engine || self.has(account.id.toLowerCase()) || isSafe(account)) continue
    const sighted = sightings.get(key)
    const id = candidateId(account)
    const found = margin(account, market.terms, market.prices)
    if (found === undefined && (account.auctionStartedAt !== undefined || sighted?.id === id)) unpriced.push(account)
    if (found === undefined || !isBelowMaintenance(found)) continue
    const since = sighted?.id === id ? sighted.since : market.at
    const candidate = { id, account, margin: found, batches: market.batches, source: fact.source, since }
    candidates.push(candidate)
    if (sighted?.id !== id) fresh.push(candidate)
    sightings.set(key, { id, since })
  }
  return { candidates, fresh, unpriced }
}

/** Without positions there is nothing to lose: equity cannot be below a maintenance margin of zero. */
const isSafe = (account: MarginAccount): boolean =>
  account.cash >= 0n && account.positions.every(({ size }) => size === 0n)

/** engine:account:version. */
export const candidateId = (account: MarginAccount): CandidateId =>
  `${accountKey(account.engine, account.id)}:${account.version}`
