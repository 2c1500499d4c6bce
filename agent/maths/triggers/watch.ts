// The accounts of one engine, by key, against its terms and prices: who may be below maintenance. What is said here is
// never an answer: the integers confirm it.
import type { EngineTerms, MarginAccount, Prices } from '../../domain/market.ts'
import { type Columns, columnsOf, positionsInto, sameLegs, travelInto } from './columns.ts'
import { legsOf } from './legs.ts'
import { load, move, openTriggers, release, settle, suspects, type Triggers } from './triggers.ts'

/** Changed by the functions below and by nothing else. */
export type Watch<Key extends string = string> = {
  /** Numbers in the order in which accounts were first heard of. */
  readonly numbers: Map<Key, number>
  readonly keys: Key[]
  /** What there is news of. */
  readonly news: Set<number>
  /** In an auction: looked at whatever prices do. */
  readonly auctions: Set<number>
  terms: EngineTerms | undefined
  prices: Prices
  /** Undefined where the terms have more columns than a ladder: then everybody is looked at. */
  columns: Columns | undefined
  triggers: Triggers
  next: Float64Array
}

export const openWatch = <Key extends string>(): Watch<Key> => ({
  numbers: new Map(),
  keys: [],
  news: new Set(),
  auctions: new Set(),
  terms: undefined,
  prices: new Map(),
  columns: undefined,
  triggers: openTriggers(0),
  next: new Float64Array(0),
})

/** News of an account: it is looked at next time. */
export function touch<Key extends string>(watch: Watch<Key>, key: Key): void {
  const known = watch.numbers.get(key)
  const number = known ?? watch.keys.push(key) - 1
  if (known === undefined) watch.numbers.set(key, number)
  watch.news.add(number)
}

/** Everybody who may be below maintenance at these terms and prices, in the order they were first heard of. */
export function sweep<Key extends string>(watch: Watch<Key>, market: Seen<Key>): readonly Key[] {
  const { terms, prices } = market
  if (watch.terms !== terms) adopt(watch, terms)
  const { columns, triggers, next } = watch
  if (columns === undefined) return watch.keys
  if (prices !== watch.prices || watch.news.size > 0) {
    positionsInto(next, columns, terms, prices)
    if (prices !== watch.prices) travelInto(next, columns, prices, triggers.spreads)
    watch.prices = prices
    move(triggers, next)
  }
  if (watch.news.size > 0) takeNews(watch, market)
  return isDegraded(prices, columns) ? watch.keys : found(watch)
}

/** What a sweep sees. */
export type Seen<Key extends string> = {
  readonly terms: EngineTerms
  readonly prices: Prices
  readonly accountOf: (key: Key) => MarginAccount | undefined
}

/** Looked at in integers and well: it waits again, where doubles are sure of it. */
export function rest<Key extends string>({ numbers, triggers, columns, auctions }: Watch<Key>, key: Key): void {
  const number = numbers.get(key)
  if (number !== undefined && columns !== undefined && triggers.parked.has(number) && !auctions.has(number))
    settle(triggers, number)
}

/** Gone, or nothing that prices could change: not again before there is news of it. */
export function forget<Key extends string>({ numbers, triggers, auctions }: Watch<Key>, key: Key): void {
  const number = numbers.get(key)
  if (number === undefined || number >= triggers.arena.accountCount) return
  auctions.delete(number)
  release(triggers, number)
}

/** New terms: columns move where they can, everything is taken over anew where not. */
function adopt<Key extends string>(watch: Watch<Key>, terms: EngineTerms): void {
  const columns = columnsOf(terms)
  const kept = watch.columns !== undefined && columns !== undefined && watch.terms && sameLegs(watch.terms, terms)
  watch.terms = terms
  if (kept) {
    // Funding and haircuts are columns: they move with the next sweep, whatever prices say.
    watch.prices = NONE
    return
  }
  watch.columns = columns
  watch.triggers = openTriggers(columns?.count ?? 0)
  watch.next = new Float64Array(columns?.count ?? 0).fill(Number.NaN)
  watch.auctions.clear()
  for (let number = 0; number < watch.keys.length; number++) watch.news.add(number)
}

const NONE: Prices = new Map()

function takeNews<Key extends string>(watch: Watch<Key>, { accountOf }: Seen<Key>): void {
  const { columns, triggers, keys, news, auctions } = watch
  if (columns === undefined) return
  // Numbers are handed out in order, and the ladder knows its accounts by number.
  for (const number of [...news].sort((a, b) => a - b)) {
    const key = keys[number]
    const account = key === undefined ? undefined : accountOf(key)
    const legs = account && legsOf(account, columns)
    load(triggers, number, legs ?? NOTHING)
    if (legs === undefined) release(triggers, number)
    if (account?.auctionStartedAt === undefined) auctions.delete(number)
    else auctions.add(number)
  }
  news.clear()
}

const NOTHING = { base: 0, legs: [], spread: undefined }

function found<Key extends string>({ triggers, auctions, keys }: Watch<Key>): readonly Key[] {
  const numbers = suspects(triggers)
  const all = auctions.size === 0 ? numbers : [...new Set([...numbers, ...auctions])].sort((a, b) => a - b)
  return all.flatMap((number) => keys[number] ?? [])
}

/** A price that counts at its edges is not where its column is. */
const isDegraded = (prices: Prices, { feeds }: Columns): boolean =>
  [...feeds.keys()].some((feed) => prices.get(feed)?.degraded === true)
