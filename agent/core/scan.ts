// Accounts below maintenance margin at the prices a bid would carry.
import type { Candidate, CandidateId } from '../domain/liquidation.ts'
import type { EngineTerms, Margin, MarginAccount, Prices } from '../domain/market.ts'
import type { Instant } from '../domain/units.ts'
import { isBelowMaintenance, margin } from '../maths/margin.ts'
import { accountKey, type Book, type Fact, type Market } from './book.ts'

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
  for (const [key, fact] of book.accounts) {
    if (fact.account.engine !== market.engine || isSafe(fact.account)) continue
    const margin = marginOf(fact, market)
    if (margin !== undefined && !isBelowMaintenance(margin)) continue
    if (!self.has(fact.account.id.toLowerCase())) yield { key, fact, margin }
  }
}

/**
 * Worked out once per fact and prices: most inputs change neither. An account with half its maintenance to spare is
 * looked at twice a second: no market takes that much in between.
 */
function marginOf(fact: Fact, { terms, prices, at }: Market): Margin | undefined {
  const kept = margins.get(fact)
  if (
    kept?.terms === terms &&
    (kept.prices === prices || (prices.size > 0 && Math.abs(at - kept.at) < FAR && isFar(kept.margin)))
  )
    return kept.margin
  const found = margin(fact.account, terms, prices)
  margins.set(fact, { prices, terms, at, margin: found })
  return found
}

type Kept = {
  readonly prices: Prices
  readonly terms: EngineTerms
  readonly at: Instant
  readonly margin: Margin | undefined
}
const margins = new WeakMap<Fact, Kept>()
const FAR = 500
const isFar = (found: Margin | undefined): boolean => found !== undefined && 2n * found.equity > 3n * found.maintenance

/** Without positions there is nothing to lose: equity cannot be below a maintenance margin of zero. */
const isSafe = (account: MarginAccount): boolean =>
  account.cash >= 0n && account.positions.every(({ size }) => size === 0n)

/** engine:account:version. */
export const candidateId = (account: MarginAccount): CandidateId =>
  `${accountKey(account.engine, account.id)}:${account.version}`
