// Accounts below maintenance margin at the prices a bid would carry.
import type { Candidate, CandidateId } from '../domain/liquidation.ts'
import type { Margin, MarginAccount } from '../domain/market.ts'
import type { Instant } from '../domain/units.ts'
import { isBelowMaintenance } from '../maths/margin.ts'
import { standingOf } from '../maths/standing.ts'
import { forget, rest, sweep } from '../maths/triggers/watch.ts'
import { type Book, type Fact, keyOf, type Market, watchOf } from './book.ts'

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
  for (const { key, fact, margin } of suspects(book, market, self)) {
    const { account, source } = fact
    const id = candidateId(account)
    const sighting = sightings.get(key)
    const known = sighting?.id === id ? sighting : undefined
    if (margin !== undefined) {
      const candidate = { id, account, margin, batches: market.batches, source, since: known?.since ?? market.at }
      candidates.push(candidate)
      if (known === undefined) fresh.push(candidate)
      sightings.set(key, { id, since: candidate.since })
    } else if (known !== undefined || account.auctionStartedAt !== undefined) unpriced.push(account)
  }
  return { candidates, fresh, unpriced }
}

type Suspect = { readonly key: string; readonly fact: Fact; readonly margin: Margin | undefined }

/** Accounts with something to lose that are below maintenance, or whose margin nobody knows. */
function* suspects(book: Book, market: Market, self: ReadonlySet<string>): Generator<Suspect> {
  const watch = watchOf(book, market.engine)
  const { terms, prices } = market
  const accountOf = (key: string) => book.accounts.get(key)?.account
  for (const key of sweep(watch, { terms, prices, accountOf })) {
    const fact = book.accounts.get(key)
    if (fact === undefined || isSafe(fact.account) || self.has(fact.account.id.toLowerCase())) {
      forget(watch, key)
      continue
    }
    const { margin } = standingOf(fact.account, terms, prices)
    if (margin === undefined || isBelowMaintenance(margin)) yield { key, fact, margin }
    else rest(watch, key)
  }
}

/** Without positions there is nothing to lose: equity cannot be below a maintenance margin of zero. */
const isSafe = (account: MarginAccount): boolean =>
  account.cash >= 0n && account.positions.every(({ size }) => size === 0n)

/** engine:account:version. */
export function candidateId(account: MarginAccount): CandidateId {
  const known = ids.get(account)
  if (known !== undefined) return known
  const id = `${keyOf(account)}:${account.version}`
  ids.set(account, id)
  return id
}

const ids = new WeakMap<MarginAccount, CandidateId>()
