// What pools pay for collateral, against what publishers say it is worth: a price that the market contradicts block after
// block is no price to bid at.
import { type ChainId, type FeedId, type Instant, type Price, since } from '../domain/units.ts'

/** One pool of one feed, and how long it has stood apart from the publishers. */
export type Venue = {
  readonly engine: ChainId
  readonly feed: FeedId
  /** What it pays per whole token. */
  readonly price: Price
  /** What publishers said then. */
  readonly official: Price
  /** The block of its chain, and when it was heard of. */
  readonly number: bigint
  readonly at: Instant
  /** Newer blocks in a row in which it stood beyond the bound on the same side: negative below the publishers. */
  readonly apart: number
}

/** The last word of every pool, by vault and collateral. */
export type Venues = Map<string, Venue>

/** What a pool paid at a block; `bound` as a share of the publishers' price. What is no newer than the last says nothing. */
export function note(
  venues: Venues,
  key: string,
  seen: Omit<Venue, 'apart'> & { readonly bound: number },
): Venue | undefined {
  const { bound, ...venue } = seen
  const last = venues.get(key)
  if (venue.price <= 0n || venue.official <= 0n) return undefined
  if (last !== undefined && last.number >= venue.number) return undefined
  const side = sideOf(venue, bound)
  const before = last !== undefined && Math.sign(last.apart) === side ? last.apart : 0
  const noted = { ...venue, apart: side === 0 ? 0 : before + side }
  venues.set(key, noted)
  return noted
}

/** Blocks in a row before it counts: a pool is a block behind, and one block can be anybody's trade. */
const BLOCKS = 3
/** What a pool said longer ago (wall milliseconds) is not what the market says. */
const AGE = 60_000

/** The pools that contradict the publishers, when they are more than half of those that trade the feed. */
export function contradicting(
  venues: Venues,
  { engine, feed }: Pick<Venue, 'engine' | 'feed'>,
  at: Instant,
): readonly Venue[] {
  const heard = [...venues.values()].filter(
    (one) => one.engine === engine && one.feed === feed && since(one.at, at) <= AGE,
  )
  const sides = [1, -1].map((side) => heard.filter(({ apart }) => side * apart >= BLOCKS))
  return sides.find((against) => 2 * against.length > heard.length) ?? []
}

/** How far a pool stands from the publishers, as a share of their price. */
export const deviation = ({ price, official }: Pick<Venue, 'price' | 'official'>): number =>
  Number(price) / Number(official) - 1

function sideOf(venue: Pick<Venue, 'price' | 'official'>, bound: number): -1 | 0 | 1 {
  // To a billionth: a pool at the bound is within it, whatever a double makes of the ratio.
  const share = Math.round(deviation(venue) * 1e9) / 1e9
  if (Math.abs(share) <= bound) return 0
  return share > 0 ? 1 : -1
}
