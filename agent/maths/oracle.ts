// The quorum rule of the price book: what PriceBook.push would store for the same batches.
import type { Anchors, OraclePrice, PriceBatch, Prices } from '../domain/market.ts'
import type { Bps, FeedId, Instant, Millis } from '../domain/units.ts'
import { instant } from '../domain/units.ts'

/** Batches a push at `now` would accept, ascending by publisher, all with the same feeds; empty below the quorum. */
export function acceptable(
  batches: Iterable<PriceBatch>,
  quorum: number,
  { now, maxAge }: Freshness,
): readonly PriceBatch[] {
  const fresh = [...batches].filter((batch) => isFresh(batch, { now, maxAge })).sort(byPublisher)
  const groups = Map.groupBy(fresh, feedsOf)
  const widest = [...groups.values()].reduce<readonly PriceBatch[]>(
    (best, group) => (group.length > best.length ? group : best),
    [],
  )
  return widest.length >= quorum ? widest : []
}

export type Freshness = { readonly now: Instant; readonly maxAge: Millis }

/** How far a publisher's clock may run ahead, in milliseconds, as in the price book. */
export const FUTURE_SKEW = 2_000

/** A push would accept it, and the engine would read the price: neither expired, nor too old, nor from the future. */
export const isFresh = ({ validUntil, sequence, entries }: PriceBatch, { now, maxAge }: Freshness): boolean =>
  validUntil >= now &&
  now - sequence <= maxAge &&
  sequence <= now + FUTURE_SKEW &&
  entries.every(({ price }) => price > 0n)

/** One price per feed: lower median by price with that entry's risk array, widest confidence, smallest sequence. */
export function quorumPrices(batches: readonly PriceBatch[]): Prices {
  const [first] = batches
  if (first === undefined) return new Map()
  const sequence = instant(Math.min(...batches.map((batch) => batch.sequence)))
  const prices = new Map<FeedId, OraclePrice>()
  first.entries.forEach(({ feed }, index) => {
    const median = lowerMedian(batches, index)
    const confidence = widest(batches, index)
    if (median !== undefined && confidence !== undefined) prices.set(feed, { ...median, confidence, sequence })
  })
  return prices
}

/** Prices as a push by the bare quorum would leave them: a jump from the last price that was none is degraded. */
export function degradedFrom(prices: Prices, { deviation, prices: anchors }: Anchors): Prices {
  return new Map(
    [...prices].map(([feed, quoted]) => {
      const anchor = anchors.get(feed)
      const degraded = anchors.has(feed) && (anchor === undefined || jumps(anchor, quoted.price, deviation))
      return [feed, degraded ? { ...quoted, degraded } : quoted]
    }),
  )
}

/** Further from the anchor than the limit, in bps of the anchor. */
const jumps = (anchor: bigint, price: bigint, limit: Bps): boolean =>
  (anchor > price ? anchor - price : price - anchor) * 10_000n > anchor * BigInt(limit)

function lowerMedian(batches: readonly PriceBatch[], index: number): PriceBatch['entries'][number] | undefined {
  const entries = batches.flatMap((batch) => batch.entries[index] ?? [])
  const sorted = entries.sort((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0))
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

function widest(batches: readonly PriceBatch[], index: number): OraclePrice['confidence'] | undefined {
  const confidences = batches.flatMap((batch) => batch.entries[index]?.confidence ?? [])
  return confidences.sort((a, b) => b - a)[0]
}

const byPublisher = (a: PriceBatch, b: PriceBatch): number => {
  const [left, right] = [a.publisher.toLowerCase(), b.publisher.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

const feedsOf = (batch: PriceBatch): string => batch.entries.map((entry) => entry.feed).join()
