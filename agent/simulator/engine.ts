// The margin engine and its price book as the contracts keep them: accounts, cash and prices of one chain.
import type { Address } from 'viem'
import type { EngineTerms, Margin, MarginAccount, OraclePrice, PriceBatch, Prices } from '../domain/market.ts'
import { type AccountId, type FeedId, type Instant, instant, type Wad } from '../domain/units.ts'
import { climb, inOrder, type Ladder, openLadder, rest, type Standing, standingOf, touch } from '../maths/ladder.ts'
import { isBelowMaintenance } from '../maths/margin.ts'
import { isFresh, quorumPrices } from '../maths/oracle.ts'

/** State after the newest block. Accounts are replaced, never changed, so that a copy of the maps is a snapshot. */
export type Engine = {
  readonly terms: EngineTerms
  /** Changed by `put` alone. */
  readonly accounts: Map<AccountId, MarginAccount>
  /** The same by how far they are from maintenance, and those that changed since nodes last told of them. */
  readonly ladder: Ladder<AccountId>
  readonly changed: Set<AccountId>
  /** Cash of executors, whose accounts hold nothing else between transactions. */
  readonly cash: Map<Address, bigint>
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
  ladder: openLadder(),
  changed: new Set(),
  cash: new Map(),
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
export function put({ accounts, ladder, changed }: Engine, account: MarginAccount): void {
  accounts.set(account.id, account)
  touch(ladder, account.id)
  changed.add(account.id)
}

/** Accounts that changed since this was last asked, in the order they were opened. */
export function takeChanged({ accounts, ladder, changed }: Engine): readonly MarginAccount[] {
  const ids = inOrder(ladder, changed)
  changed.clear()
  return ids.flatMap((id) => accounts.get(id) ?? [])
}

/** Margin at given prices, worked out once per account and prices. */
export const marginAt = (account: MarginAccount, terms: EngineTerms, prices: Prices): Margin | undefined =>
  stateAt(account, terms, prices).margin

type State = Standing & { readonly prices: Prices }

function stateAt(account: MarginAccount, terms: EngineTerms, prices: Prices): State {
  const kept = states.get(account)
  if (kept?.prices === prices) return kept
  const state = { prices, ...standingOf(account, terms, prices) }
  states.set(account, state)
  return state
}

const states = new WeakMap<MarginAccount, State>()

/** Accounts below maintenance at given prices. */
export function belowMaintenance(
  { accounts, terms, ladder }: Engine,
  prices: Prices,
): readonly { readonly account: MarginAccount; readonly margin: Margin }[] {
  const found: { account: MarginAccount; margin: Margin }[] = []
  for (const id of climb(ladder, terms, prices)) {
    const account = accounts.get(id)
    if (account === undefined) continue
    const { margin, reach } = stateAt(account, terms, prices)
    if (margin === undefined) continue
    if (isBelowMaintenance(margin)) found.push({ account, margin })
    else rest(ladder, id, reach)
  }
  return found
}

/** Every cent of the engine: trades, bids and fees move it, nothing makes it. */
export function wholeCash({ accounts, cash, pool, insurance }: Engine): bigint {
  const held = [...accounts.values()].reduce((sum, account) => sum + account.cash, 0n)
  return held + [...cash.values()].reduce((sum, one) => sum + one, 0n) + pool + insurance
}
