// The latest facts. An older fact never replaces a newer one, hearsay never replaces what we know, and what a reorg or
// an outcome made wrong is forgotten.
import type { Address } from 'viem'
import type { RivalBid } from '../domain/liquidation.ts'
import type { Anchor, Anchors, EngineTerms, Head, MarginAccount, PriceBatch, Prices, Source } from '../domain/market.ts'
import type { ProviderStatus } from '../domain/message.ts'
import type { AccountId, Bps, ChainId, FeedId, Instant } from '../domain/units.ts'
import { max } from '../maths/fixed-point.ts'
import { discount } from '../maths/margin.ts'
import { acceptable, degradedFrom, quorumPrices } from '../maths/oracle.ts'
import { openWatch, touch, type Watch } from '../maths/triggers/watch.ts'

export type Fact = { readonly account: MarginAccount; readonly source: Source }
export type Provider = { readonly status: ProviderStatus; readonly agent: Address; readonly at: Instant }
/** Facts up to this version are out of date, until the instant or for good. Read at a later block they are news. */
export type Retirement = { readonly version: bigint; readonly number: bigint; readonly until: Instant | undefined }

/** Batches and what they agree on. */
export type Quorum = {
  readonly batches: readonly PriceBatch[]
  readonly prices: Prices
  /** What they were held against; undefined where more than the bare quorum says so. */
  readonly anchors: Anchors | undefined
}

export type Book = {
  readonly publishers: ReadonlySet<string>
  readonly terms: Map<ChainId, EngineTerms>
  readonly heads: Map<ChainId, { readonly head: Head; readonly seenAt: Instant }>
  readonly accounts: Map<string, Fact>
  /** The accounts of each engine by the prices at which they must be looked at again. */
  readonly watches: Map<ChainId, Watch>
  readonly batches: Map<ChainId, Map<string, PriceBatch>>
  readonly providers: Map<string, Provider>
  /** Bids of others in the last minute, oldest first. */
  readonly rivals: Map<ChainId, readonly RivalBid[]>
  readonly retired: Map<string, Retirement>
  /** What the price book of each engine last held that was no jump. */
  readonly anchors: Map<ChainId, Anchors>
  /** The batches that make the current prices, so that equal batches give the very same prices. */
  readonly quorums: Map<ChainId, Quorum>
  /** Last quorum price of every feed, however old: for gas, never for margin. */
  readonly lastPrices: Map<ChainId, Prices>
}

/** An empty book that believes these publishers. */
export const openBook = (publishers: readonly Address[]): Book => ({
  publishers: new Set(publishers.map((one) => one.toLowerCase())),
  terms: new Map(),
  heads: new Map(),
  accounts: new Map(),
  watches: new Map(),
  batches: new Map(),
  providers: new Map(),
  rivals: new Map(),
  retired: new Map(),
  anchors: new Map(),
  quorums: new Map(),
  lastPrices: new Map(),
})

/** One account of one engine. */
export const accountKey = (engine: ChainId, id: AccountId): string => `${engine}:${id.toLowerCase()}`

/** The same of an account that is read, written once: candidates are named again and again. */
export function keyOf(account: MarginAccount): string {
  const known = keys.get(account)
  if (known !== undefined) return known
  const key = accountKey(account.engine, account.id)
  keys.set(account, key)
  return key
}

const keys = new WeakMap<MarginAccount, string>()

/** Keeps an account's state unless what we have is better. */
export function learn(book: Book, next: Fact): void {
  const key = keyOf(next.account)
  const held = book.accounts.get(key)
  if (held !== undefined && !supersedes(next, held)) return
  book.accounts.set(key, next)
  touch(watchOf(book, next.account.engine), key)
  const retired = book.retired.get(key)
  const news = retired !== undefined && next.source === 'own' && next.account.anchor.number > retired.number
  if (retired !== undefined && (next.account.version > retired.version || (news && retired.until !== undefined)))
    book.retired.delete(key)
}

/** The watch over one engine's accounts. */
export function watchOf(book: Book, engine: ChainId): Watch {
  const known = book.watches.get(engine) ?? openWatch()
  book.watches.set(engine, known)
  return known
}

const RANK: Readonly<Record<Source, number>> = { own: 2, proven: 1, peer: 0 }

function supersedes(next: Fact, held: Fact): boolean {
  const [nextKnown, heldKnown] = [next.source !== 'peer', held.source !== 'peer']
  if (nextKnown !== heldKnown) return nextKnown
  if (next.account.version !== held.account.version) return next.account.version > held.account.version
  if (next.account.anchor.number !== held.account.anchor.number)
    return next.account.anchor.number > held.account.anchor.number
  return RANK[next.source] >= RANK[held.source]
}

/** Keeps a known publisher's batch unless we have a newer one. True when it was news. */
export function hear(book: Book, batch: PriceBatch): boolean {
  const publisher = batch.publisher.toLowerCase()
  if (!book.publishers.has(publisher)) return false
  const batches = book.batches.get(batch.engine) ?? new Map<string, PriceBatch>()
  const held = batches.get(publisher)
  if (held !== undefined && held.sequence >= batch.sequence) return false
  book.batches.set(batch.engine, batches.set(publisher, batch))
  return true
}

/** Keeps the last prices that were no jump; what is degraded now keeps the one it had. */
export function anchor(book: Book, engine: ChainId, { deviation, prices }: Anchors): void {
  const known = book.anchors.get(engine)?.prices
  const kept = [...prices].map(([feed, price]) => [feed, price ?? known?.get(feed)] as const)
  book.anchors.set(engine, { deviation, prices: new Map(kept) })
}

/** Whether no more publishers than the quorum needs are fresh: then a jump is degraded on chain. */
export function isBare(book: Book, engine: ChainId, at: Instant): boolean {
  const market = marketAt(book, engine, at)
  return market !== undefined && market.batches.length > 0 && market.batches.length <= market.terms.priceQuorum
}

/** Forgets every fact read at or after a block that is no longer canonical, and what was concluded from them. */
export function retract(book: Book, from: Anchor): void {
  for (const [key, { account }] of book.accounts)
    if (account.anchor.chain === from.chain && account.anchor.number >= from.number) book.accounts.delete(key)
  for (const [key, { number }] of book.retired)
    if (key.startsWith(`${from.chain}:`) && number >= from.number) book.retired.delete(key)
}

/** Someone acted on the account: nothing read up to that version describes it any more. */
export function retire(book: Book, account: MarginAccount, number: bigint, until: Instant | undefined): void {
  book.retired.set(keyOf(account), { version: account.version, number, until })
}

/** The retirement in force, if any. */
export function retiredUntil(book: Book, account: MarginAccount, at: Instant): Retirement | undefined {
  const retired = book.retired.get(keyOf(account))
  if (retired === undefined || account.version > retired.version) return undefined
  return retired.until !== undefined && retired.until <= at ? undefined : retired
}

/** One engine at one instant: its terms, its clock, and the prices a bid would carry. */
export type Market = {
  readonly engine: ChainId
  readonly at: Instant
  readonly terms: EngineTerms
  /** The engine's time, in seconds. */
  readonly seconds: bigint
  readonly batches: readonly PriceBatch[]
  readonly prices: Prices
  /** Prices were heard, but too few of them are fresh. */
  readonly stale: boolean
}

/** Undefined before the engine's terms and first head are known. */
export function marketAt(book: Book, engine: ChainId, at: Instant): Market | undefined {
  const terms = book.terms.get(engine)
  const seen = book.heads.get(engine)
  if (terms === undefined || seen === undefined) return undefined
  const heard = [...(book.batches.get(engine)?.values() ?? [])]
  const { batches, prices } = quorumOf(
    book,
    engine,
    acceptable(heard, terms.priceQuorum, { now: at, maxAge: terms.priceMaxAge }),
    terms.priceQuorum,
  )
  const seconds = seen.head.timestamp + BigInt(Math.max(0, Math.floor((at - seen.seenAt) / 1_000)))
  const stale = batches.length === 0 && heard.length >= terms.priceQuorum
  return { engine, at, terms, seconds, batches, prices, stale }
}

function quorumOf(book: Book, engine: ChainId, batches: readonly PriceBatch[], quorum: number): Quorum {
  const anchors = batches.length <= quorum ? book.anchors.get(engine) : undefined
  const kept = book.quorums.get(engine)
  const same = kept?.batches.length === batches.length && batches.every((batch, i) => batch === kept.batches[i])
  if (kept !== undefined && same && kept.anchors === anchors) return kept
  const prices = quorumPrices(batches)
  const fresh = { batches, prices: anchors === undefined ? prices : degradedFrom(prices, anchors), anchors }
  book.quorums.set(engine, fresh)
  return fresh
}

/** One feed of one engine. */
export const feedKey = (engine: ChainId, feed: FeedId): string => `${engine}:${feed}`

/** Keeps a bid that somebody else made. */
export const saw = (book: Book, engine: ChainId, bid: RivalBid): unknown =>
  book.rivals.set(engine, [...rivals(book, engine, bid.at).slice(1 - MOST_BIDS), bid])

/** Bids of others in the last minute, oldest first. */
export const rivals = (book: Book, engine: ChainId, at: Instant): readonly RivalBid[] =>
  (book.rivals.get(engine) ?? []).filter((bid) => at - bid.at <= MINUTE)

/** Agents seen bidding on an engine in the last minute. Counted once per instant. */
export function competitors(book: Book, engine: ChainId, at: Instant): number {
  const all = book.rivals.get(engine)
  if (all === undefined) return 0
  const kept = counts.get(all)
  if (kept?.at === at) return kept.bidders
  const bidders = new Set(rivals(book, engine, at).map(({ bidder }) => bidder.toLowerCase())).size
  counts.set(all, { at, bidders })
  return bidders
}

const counts = new WeakMap<readonly RivalBid[], { readonly at: Instant; readonly bidders: number }>()

/** The discount of an account's auction; undefined while the engine is unknown. */
export function discountOf(book: Book, account: MarginAccount, at: Instant): Bps | undefined {
  const market = marketAt(book, account.engine, at)
  return market && discount(market.terms.auction, elapsed(account, market))
}

/** Seconds that an account's auction has run on the engine's clock. */
export const elapsed = ({ auctionStartedAt }: MarginAccount, { seconds }: Pick<Market, 'seconds'>): bigint =>
  auctionStartedAt === undefined ? 0n : max(0n, seconds - auctionStartedAt)

const MINUTE = 60_000
const MOST_BIDS = 256
