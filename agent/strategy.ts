/**
 * The public API for strategy authors. This file and what it hands on are the contract; everything else under agent/
 * may change without notice.
 */
import type { z } from 'zod'
import type { Outcome, Quote, RivalBid } from './domain/liquidation.ts'
import type { Bps, CollateralId, FeedId, Instant, InstrumentId, Price, VaultId, Wad } from './domain/units.ts'

export { z } from 'zod'
export type { Candidate, GapRisk, Leg, Outcome, Quote, RivalBid, Route } from './domain/liquidation.ts'
export type { Bps, CollateralId, FeedId, Instant, InstrumentId, Millis, Price, VaultId, Wad } from './domain/units.ts'
export { after, bps, instant, millis, wad } from './domain/units.ts'
export { max, min, mulDivDown, mulDivUp, toDouble } from './maths/fixed-point.ts'

/** The version of this API. A strategy of another version is refused by name. */
export const API_VERSION = 1

/** One candidate with what it is worth on every open route, best net value first. */
export type Offered = {
  readonly quotes: readonly Quote[]
  /** Agents seen bidding on this engine in the last minute, ourselves left out. */
  readonly competitors: number
  /** How the auction goes on, in bps: by how much the discount rises each second, and how far. */
  readonly discountPerSecond: Bps
  readonly maxDiscount: Bps
}

/** One claim on its way to us. */
export type Travelling = {
  /** Who bid for it; undefined when it was found after a restart. */
  readonly strategy: string | undefined
  readonly collateral: CollateralId
  readonly vault: VaultId
  /** In the asset's own units. */
  readonly amount: bigint
  /** Worth at the bid, and what was paid for it. */
  readonly value: Wad
  readonly debt: Wad
  readonly openedAt: Instant
  /** What it is worth now, and the feed that says so; without a fresh price, what it was worth at the bid. */
  readonly feed: FeedId
  readonly worth: Wad
}

/** A perpetual that may be traded against the engine's pool, and what we hold of it: below zero, we are short. */
export type Tradable = {
  readonly instrument: InstrumentId
  readonly feed: FeedId
  readonly mark: Price
  /** Of the value of every trade. */
  readonly fee: Bps
  readonly held: Wad
}

/** What a pool on a vault's chain paid for collateral, and what publishers said then. */
export type Pool = {
  readonly vault: VaultId
  readonly feed: FeedId
  readonly price: Price
  readonly official: Price
  readonly observedAt: Instant
}

/** What the publishers' quorum says of one feed, and when it was signed. */
export type Quoted = {
  readonly feed: FeedId
  readonly price: Price
  readonly confidence: Bps
  readonly observedAt: Instant
}

/** Everything a strategy may know, frozen at one instant: nothing that was observed after `now`. Dollars are wad. */
export type View = {
  readonly now: Instant
  readonly candidates: readonly Offered[]
  /** Free to spend now on the engine, after reservations. */
  readonly free: Wad
  /** Paid, not yet received. */
  readonly inFlight: Wad
  /** The same, claim by claim. */
  readonly travelling: readonly Travelling[]
  /** Expected shortfall (97.5 %) of everything carried, and its limit. */
  readonly shortfall: { readonly carried: Wad; readonly limit: Wad }
  readonly prices: readonly Quoted[]
  readonly instruments: readonly Tradable[]
  readonly pools: readonly Pool[]
  /** Bids of others on this engine in the last minute, oldest first. */
  readonly rivals: readonly RivalBid[]
  /** Uniform in [0, 1), seeded by the run, so that a replay decides alike. */
  readonly random: () => number
}

/** Every answer carries a reason in words; skips and postponements are counted by it. */
export type Answer =
  | { readonly kind: 'take'; readonly quote: Quote; readonly reason: string }
  | { readonly kind: 'postpone'; readonly quote: Quote; readonly until: Instant; readonly reason: string }
  | { readonly kind: 'skip'; readonly quote: Quote; readonly reason: string }

/**
 * A trade on the engine. It may only offset what is on its way: positions of ours stay between nothing and short of that
 * worth. `size` above zero buys.
 */
export type Trade = { readonly instrument: InstrumentId; readonly size: Wad; readonly reason: string }

/** A claim's part on one vault. `hedge`: the fee of a trade of the perpetual that follows its feed, where there is one. */
export type ClaimedLeg = {
  readonly feed: FeedId
  readonly vault: VaultId
  readonly value: Wad
  readonly hedge: Bps | undefined
}

/** A claim that somebody else won, offered to us for cash at once. */
export type Claimed = {
  readonly legs: readonly ClaimedLeg[]
  readonly value: Wad
  /** What its gap must be paid on top of everything we carry, as a share of its value; and without anything carried. */
  readonly premium: Bps
  /** Cash that nothing was promised from, and all cash and claims we have: how much is lent out. */
  readonly free: Wad
  readonly whole: Wad
}

/** What we pay for a claim, as a share of its value; or why we do not. */
export type ClaimPrice =
  | { readonly kind: 'buy'; readonly rate: Bps; readonly reason: string }
  | { readonly kind: 'decline'; readonly reason: string }

export type Strategy<Params> = {
  readonly name: string
  readonly apiVersion: typeof API_VERSION
  readonly params: z.ZodType<Params>
  /** Synchronous and free of I/O: same views in, same answers out. At most one answer per candidate. */
  readonly decide: (view: View, params: Params) => readonly Answer[]
  /** Asked while something is on its way, or a position is open. Synchronous and free of I/O too. */
  readonly trade?: (view: View, params: Params) => readonly Trade[]
  /** Makes an agent a buyer of claims: asked by whoever wants cash at once. Synchronous and free of I/O too. */
  readonly price?: (claimed: Claimed, params: Params) => ClaimPrice
  /** Told how each of its own admitted intents ended. */
  readonly observe?: (quote: Quote, outcome: Outcome, params: Params) => void
}

/** Declares a strategy. The identity function, for its types. */
export const defineStrategy = <Params>(strategy: Strategy<Params>): Strategy<Params> => strategy
