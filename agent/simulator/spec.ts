// What a simulated world is made of. Times are wall milliseconds of the world's own clock unless they say modelled.
import type { Address } from 'viem'
import type { Setup } from '../core/setup.ts'
import type { LatencyLaw } from '../domain/liquidation.ts'
import type { EngineTerms, MarginAccount, PriceEntry, Prices } from '../domain/market.ts'
import type { ChainId, CollateralId, FeedId, Instant, Millis, VaultId, Wad } from '../domain/units.ts'
import type { Market } from '../maths/sizing.ts'

/** One engine chain, its vaults, its market and everybody in it. */
export type WorldSpec = {
  readonly seed: number
  /** Modelled time per wall time. */
  readonly timeScale: number
  readonly opensAt: Instant
  /** Prices alone, before the market opens. */
  readonly warmUp: Millis
  readonly duration: Millis
  /** How long settlements may take after the market has closed. */
  readonly patience: Millis
  readonly engine: EngineSpec
  readonly vaults: readonly VaultSpec[]
  readonly market: SimulatedMarket
  readonly prices: PriceSpec
  readonly crowd: Crowd
  readonly agents: readonly AgentSpec[]
  readonly rivals: readonly RivalSpec[]
}

export type EngineSpec = {
  readonly terms: EngineTerms
  readonly blockTime: Millis
  readonly gasLimit: bigint
  readonly pool: Wad
  readonly insurance: Wad
}

/** What feeds are worth. `at` counts from the opening, and is negative before it. */
export type SimulatedMarket = {
  spot(feed: FeedId, at: number): number
  entries(at: number, publisher: number): readonly PriceEntry[]
}

export type PriceSpec = {
  readonly publishers: readonly Address[]
  readonly interval: Millis
  /** Interval of the warm-up. */
  readonly warmInterval: Millis
  /** Batches older than this are not taken by the price book; they say twice that they are good. */
  readonly maxAge: Millis
  /** Longest time without a push to the price book on chain. */
  readonly heartbeat: Millis
  readonly gossip: GossipLaw
}

/** Delivery of one message to one agent: lognormal delay, and odds that it never comes. */
export type GossipLaw = { readonly median: Millis; readonly spread: number; readonly loss: number }

/** One vault: what agents believe of the way to it, and what the way is. */
export type VaultSpec = {
  readonly id: VaultId
  readonly chain: ChainId
  readonly prior: LatencyLaw
  readonly pools: ReadonlyMap<CollateralId, Market>
  readonly way: Way
}

/** Wall time at which collateral seized at `at` is sold. The same slice takes the same time whoever seized it. */
export type Way = (at: number, slice: { readonly account: Address; readonly version: bigint }) => number

/** Who holds accounts: those that are open from the start, and those that come and go. */
export type Crowd = {
  readonly first: (prices: Prices) => readonly MarginAccount[]
  readonly turnover: Turnover | undefined
}

export type Turnover = {
  readonly every: Millis
  /** Accounts that stay: beyond, the healthiest of them leaves. */
  readonly most: number
  readonly arrive: (nth: number, prices: Prices) => MarginAccount
}

/** One agent: the core it runs, what it has, and how far it is from the chain. */
export type AgentSpec = {
  readonly name: string
  readonly executor: Address
  readonly setup: Setup
  readonly capital: Wad
  /** Wei per gas that it bids for inclusion. */
  readonly tip: bigint
  /** From the agent to the block builder, and from a block to the agent. */
  readonly submitDelay: Millis
  readonly nodeDelay: Millis
  /** Time after a sale until its proceeds are engine cash again; undefined if they stay where they are. */
  readonly refill: Millis | undefined
  /** Whether common scenarios are drawn when it asks for them; without any, it adds up the tails of what it carries. */
  readonly scenarios: 'drawn' | 'added-up'
  /** Whether tails widen when too many forecasts were exceeded, as live ones do; or stay what the model says, to judge it. */
  readonly tails: 'widened' | 'as-modelled'
}

/** A competitor without a model of the gap: takes what gains, after a reaction time of its own. */
export type RivalSpec = {
  readonly name: string
  readonly executor: Address
  readonly capital: Wad
  readonly tip: bigint
  readonly bonded: boolean
  /** Lognormal time from first sight to a bid in the pool of transactions. */
  readonly reaction: { readonly median: Millis; readonly spread: number }
  /** Least bonus over outlay that it wants, costs paid. */
  readonly greed: number
  readonly refill: Millis | undefined
}
