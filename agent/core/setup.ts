// What an agent is told once, before its first input.
import type { Address } from 'viem'
import type { LatencyLaw, Outcome, Quote } from '../domain/liquidation.ts'
import {
  type Bps,
  bps,
  type ChainId,
  type CollateralId,
  type FeedId,
  type Millis,
  millis,
  type VaultId,
  type Wad,
} from '../domain/units.ts'
import type { GapTerms } from '../maths/gap-risk.ts'
import type { Market } from '../maths/sizing.ts'
import type { VolatilityTerms } from '../maths/volatility.ts'
import type { Answer, Strategy, View } from '../strategy.ts'
import type { Protections } from './protect.ts'

/** Everything the core needs besides inputs. Amounts in dollars (wad). */
export type Setup = {
  /** Our operator and executors: their accounts are no candidates, their bids no competition. */
  readonly self: readonly Address[]
  /** shadow decides and records; live also submits. */
  readonly mode: 'shadow' | 'live'
  /** Whether we hold a bond on the engine chains: it opens the first seconds of an auction. */
  readonly bonded: boolean
  readonly seed: number
  /** Least wall time between two looks at one engine; what happens in between is looked at together. */
  readonly pace: Millis
  /** Modelled time per wall time. */
  readonly timeScale: number
  readonly publishers: readonly Address[]
  readonly attestors: readonly Address[]
  /** Asked in this order. */
  readonly seats: readonly Seat[]
  readonly vaults: readonly VaultSetup[]
  readonly capital: CapitalLimits
  readonly risk: RiskLimits
  readonly protections: Protections
  readonly gas: GasCosts
}

/** One vault as a way home: its latency in modelled time, and where each collateral is sold. */
export type VaultSetup = {
  readonly id: VaultId
  readonly engine: ChainId
  readonly latency: LatencyLaw
  readonly markets: ReadonlyMap<CollateralId, Market>
}

export type CapitalLimits = {
  /** Engine cash that is never spent on a bid. */
  readonly reserve: Wad
  /** Most cash that one bid may take. */
  readonly maxBid: Wad
  /** Most bids whose fate is unknown: more would outbid each other for one block, and for our own nonces. */
  readonly maxBids: number
}

export type RiskLimits = {
  /** Most outlay paid and not yet received, over all routes. */
  readonly maxInFlight: Wad
  /** Least gain of a bid before the gap premium. */
  readonly minNet: Wad
  readonly gap: GapTerms
  readonly volatility: VolatilityTerms
  /** How far above the quoted pay a bid may go, for prices that move before it lands. */
  readonly payTolerance: Bps
}

/** Expected gas of one transaction, in dollars, and the feed that prices native coins. */
export type GasCosts = { readonly bid: Wad; readonly claim: Wad; readonly nativeFeed: FeedId }

/** A strategy with its parameters bound, and the share of our capital that it may use. */
export type Seat = {
  readonly name: string
  readonly share: Bps
  readonly decide: (view: View) => readonly Answer[]
  readonly observe: (quote: Quote, outcome: Outcome) => void
}

/** Binds parameters, already read by the strategy's schema, to a strategy. */
export const seat = <Params>(strategy: Strategy<Params>, params: Params, share: Bps = bps(10_000)): Seat => ({
  name: strategy.name,
  share,
  decide: (view) => strategy.decide(view, params),
  observe: (quote, outcome) => strategy.observe?.(quote, outcome, params),
})

/** How long an admitted intent may wait for its block, and a lost race before the same facts are believed again. */
export const INTENT_LIFE = millis(6_000)
export const RETRY_AFTER = millis(3_000)
