// The margin engine and its price book as the contracts keep them: accounts, cash and prices of one chain.
import type { Address } from 'viem'
import type { EngineTerms, Margin, MarginAccount, OraclePrice, PriceBatch, Prices } from '../domain/market.ts'
import { type AccountId, type FeedId, type Instant, type InstrumentId, instant, type Wad } from '../domain/units.ts'
import { isBelowMaintenance } from '../maths/margin.ts'
import { isFresh, quorumPrices } from '../maths/oracle.ts'
import { standingOf } from '../maths/standing.ts'
import { forget, openWatch, rest, sweep, touch, type Watch } from '../maths/triggers/watch.ts'

/** State after the newest block. Accounts are replaced, never changed, so that a copy of the maps is a snapshot. */
export type Engine = {
  readonly terms: EngineTerms
  /** Changed by `put` alone. */
  readonly accounts: Map<AccountId, MarginAccount>
  /** The same by the prices at which they must be looked at again, and those that changed since nodes last told of them. */
  readonly watch: Watch<AccountId>
  readonly changed: Set<AccountId>
  /** Those with a position, in the order in which they opened one. */
  readonly open: Map<AccountId, MarginAccount>
  /** Cash of executors, whose accounts hold nothing else between transactions. */
  readonly cash: Map<Address, bigint>
  /** Positions of executors that outlive a transaction, by instrument. */
  readonly positions: Map<Address, ReadonlyMap<InstrumentId, bigint>>
  readonly bonded: ReadonlySet<Address>
  prices: Prices
  pool: bigint
  insurance: bigint
  /** Booked on the pool after the insurance was empty. */
  badDebt: bigint
  number: bigint
  /** Timestamp of the newest block. */
  seconds: bigint
}

/** An engine without accounts. */
export const openEngine = (
  terms: EngineTerms,
  funds: { readonly pool: Wad; readonly insurance: Wad; readonly bonded: ReadonlySet<Address> },
): Engine => ({
  terms,
  ...funds,
  accounts: new Map(),
  watch: openWatch(),
  changed: new Set(),
  open: new Map(),
  cash: new Map(),
  positions: new Map(),
  prices: new Map(),
  badDebt: 0n,
  number: 0n,
  seconds: 0n,
})

/** What the price book would hold after a push: newer prices only. Undefined if it would refuse the batches. */
export function pushed(engine: Engine, batches: readonly PriceBatch[]): Prices | undefined {
  const { priceMaxAge, priceQuorum } = engine.terms
  const at = { now: timeOf(engine), maxAge: priceMaxAge }
  if (batches.length < priceQuorum || !batches.every((batch) => isFresh(batch, at))) return undefined
  const news = [...agreed(batches)].filter(([feed, { sequence }]) => isNewer(engine.prices, feed, sequence))
  return news.length === 0 ? engine.prices : new Map([...engine.prices, ...news])
}

const isNewer = (prices: Prices, feed: FeedId, sequence: number): boolean =>
  sequence > (prices.get(feed)?.sequence ?? Number.NEGATIVE_INFINITY)

/** The quorum of the same batches is worked out once, whoever carries them. */
function agreed(batches: readonly PriceBatch[]): ReadonlyMap<FeedId, OraclePrice> {
  const [first] = batches
  const kept = first && quorums.get(first)
  if (kept?.batches.length === batches.length && kept.batches.every((one, i) => one === batches[i])) return kept.prices
  const prices = quorumPrices(batches)
  if (first !== undefined) quorums.set(first, { batches, prices })
  return prices
}

const quorums = new WeakMap<PriceBatch, { readonly batches: readonly PriceBatch[]; readonly prices: Prices }>()

/** The newest block's time in milliseconds. */
export const timeOf = ({ seconds }: Engine): Instant => instant(Number(seconds) * 1_000)

/** Replaces an account, or opens it. */
export function put({ accounts, watch, changed, open }: Engine, account: MarginAccount): void {
  accounts.set(account.id, account)
  if (account.positions.some(({ size }) => size !== 0n)) open.set(account.id, account)
  else open.delete(account.id)
  touch(watch, account.id)
  changed.add(account.id)
}

/** Accounts that changed since this was last asked, in the order they were opened. */
export function takeChanged({ accounts, watch: { numbers }, changed }: Engine): readonly MarginAccount[] {
  const ids = [...changed].sort((a, b) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0))
  changed.clear()
  return ids.flatMap((id) => accounts.get(id) ?? [])
}

/** Margin at given prices. */
export const marginAt = (account: MarginAccount, terms: EngineTerms, prices: Prices): Margin | undefined =>
  standingOf(account, terms, prices).margin

/** Accounts below maintenance at given prices. */
export function belowMaintenance(
  { accounts, terms, watch }: Engine,
  prices: Prices,
): readonly { readonly account: MarginAccount; readonly margin: Margin }[] {
  const found: { account: MarginAccount; margin: Margin }[] = []
  for (const id of sweep(watch, { terms, prices, accountOf: (id) => accounts.get(id) })) {
    const account = accounts.get(id)
    if (account === undefined || holdsNothing(account)) {
      forget(watch, id)
      continue
    }
    const { margin } = standingOf(account, terms, prices)
    if (margin === undefined) continue
    if (isBelowMaintenance(margin)) found.push({ account, margin })
    else rest(watch, id)
  }
  return found
}

/** Nothing that prices could put below maintenance. */
const holdsNothing = ({ cash, positions }: MarginAccount): boolean =>
  cash >= 0n && positions.every(({ size }) => size === 0n)

/** Every cent of the engine: trades, bids and fees move it, nothing makes it. */
export function wholeCash({ accounts, cash, pool, insurance }: Engine): bigint {
  const held = [...accounts.values()].reduce((sum, account) => sum + account.cash, 0n)
  return held + [...cash.values()].reduce((sum, one) => sum + one, 0n) + pool + insurance
}
