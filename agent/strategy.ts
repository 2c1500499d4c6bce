/**
 * The public API for strategy authors. This file and what it hands on are the contract; everything else under agent/
 * may change without notice.
 */
import type { z } from 'zod'
import type { Outcome, Quote, RivalBid } from './domain/liquidation.ts'
import type { Bps, CollateralId, FeedId, Instant, Price, VaultId, Wad } from './domain/units.ts'

export { z } from 'zod'
export type { Candidate, GapRisk, Leg, Outcome, Quote, RivalBid, Route } from './domain/liquidation.ts'
export type { Bps, CollateralId, FeedId, Instant, Millis, Price, VaultId, Wad } from './domain/units.ts'
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

export type Strategy<Params> = {
  readonly name: string
  readonly apiVersion: typeof API_VERSION
  readonly params: z.ZodType<Params>
  /** Synchronous and free of I/O: same views in, same answers out. At most one answer per candidate. */
  readonly decide: (view: View, params: Params) => readonly Answer[]
  /** Told how each of its own admitted intents ended. */
  readonly observe?: (quote: Quote, outcome: Outcome, params: Params) => void
}

/** Declares a strategy. The identity function, for its types. */
export const defineStrategy = <Params>(strategy: Strategy<Params>): Strategy<Params> => strategy
