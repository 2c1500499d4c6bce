// What an agent is told once, before its first input.
import type { Address } from 'viem'
import type { LatencyLaw, Outcome, Quote, RouteFailures } from '../domain/liquidation.ts'
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
import type { PriceTerms } from '../maths/learning/price-terms.ts'
import type { Market } from '../maths/sizing.ts'
import type { Answer, Claimed, ClaimPrice, Strategy, Trade, View } from '../strategy.ts'
import type { Policy } from './policy.ts'
import type { Protections } from './protect.ts'

/** Everything the core needs besides inputs. Amounts in dollars (wad). */
export type Setup = {
  /** Our operator and executors: their accounts are no candidates, their bids no competition. */
  readonly self: readonly Address[]
  /** shadow decides and records; paper and live also submit: to a chain on paper, or to the chain. */
  readonly mode: 'shadow' | 'paper' | 'live'
  /** Whether we hold a bond on the engine chains: it opens the first seconds of an auction. */
  readonly bonded: boolean
  /** Whether somebody tells of the breakers of routes: then a route of which nothing is known takes nothing. */
  readonly guarded: boolean
  /** Agents of one owner on one executor, ourselves among them. */
  readonly fleet?: Fleet | undefined
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
  /** Absent where everything is allowed. */
  readonly policy?: Policy | undefined
  readonly gas: GasCosts
}

/** Operators of a fleet, which of them we are, and the executor they share. */
export type Fleet = { readonly members: readonly Address[]; readonly me: Address; readonly executor: Address }

/** One vault as a way home: its latency in modelled time, and where each collateral is sold. */
export type VaultSetup = {
  readonly id: VaultId
  readonly engine: ChainId
  /** Where it stands: what stalls there stalls every vault there. */
  readonly chain: ChainId
  /** Believed until settlements taught better. */
  readonly latency: LatencyLaw
  readonly failures?: RouteFailures | undefined
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
  /** Most expected shortfall (97.5 %) of everything carried; the bid price rises towards it. */
  readonly maxShortfall: Wad
  readonly shares: TailShares
  readonly caps: OutlayCaps
  /** Paid at least per unit of expected shortfall while nothing is carried. */
  readonly bidPrice: number
  readonly prices: PriceTerms
  readonly scenarios: ScenarioTerms
  /** How far above the quoted pay a bid may go, for prices that move before it lands. */
  readonly payTolerance: Bps
}

/** Most outlay paid and not yet received: of one settlement, over one route, in one group of assets. */
export type OutlayCaps = { readonly settlement: Wad; readonly route: Wad; readonly group: Wad }

/** Limits as multiples of `maxShortfall`: expected shortfall of one asset, route or vault chain, and two of the whole. */
export type TailShares = {
  /** Expected shortfall of one settlement by itself. */
  readonly settlement: number
  readonly asset: number
  readonly route: number
  readonly chain: number
  /** Expected shortfall at 99.9 %. */
  readonly extreme: number
  /** Loss on the worst of the days of stress. */
  readonly stress: number
}

/** Common scenarios: how many, most weight of the residuals seen lately, and modelled time between two drawings. */
export type ScenarioTerms = { readonly rows: number; readonly historical: number; readonly refresh: Millis }

/**
 * Expected gas of one transaction, in dollars, the feed that prices native coins, and claims that must stay payable on a
 * vault's chain besides those on their way; none where nothing is paid for.
 */
export type GasCosts = {
  readonly bid: Wad
  readonly claim: Wad
  readonly nativeFeed: FeedId
  readonly runway: number
}

/** What one strategy may use: a share of the capital, and of the expected shortfall that may be carried. */
export type Budget = { readonly capital: Bps; readonly shortfall: Bps }

/** Everything there is. */
export const WHOLE_BUDGET: Budget = { capital: bps(10_000), shortfall: bps(10_000) }

/** A strategy with its parameters bound, and its budget. */
export type Seat = {
  readonly name: string
  readonly budget: Budget
  /** `apart`: it lives in another process, is asked by an effect and answers by an input. `none`: it never bids. */
  readonly decide: Decide | 'apart' | 'none'
  /** Absent where it trades nothing, or prices no claims. */
  readonly trade?: ((view: View) => readonly Trade[]) | undefined
  readonly price?: ((claimed: Claimed) => ClaimPrice) | undefined
  readonly observe: (quote: Quote, outcome: Outcome) => void
  /** Decides by these parameters from here on. They were read by its own schema. */
  readonly tune: (params: unknown) => void
}

/** What a strategy decides, with its parameters bound. */
export type Decide = (view: View) => readonly Answer[]

/** Seats a strategy with parameters that its schema has read. */
export function seat<Params>(
  strategy: Strategy<Params>,
  params: Params,
  terms: Partial<Pick<Seat, 'name' | 'budget'>> = {},
): Seat {
  let bound = params
  return {
    name: strategy.name,
    budget: WHOLE_BUDGET,
    // Who prices the claims of others leaves bidding to them.
    decide: strategy.price ? 'none' : (view) => strategy.decide(view, bound),
    trade: strategy.trade && ((view) => strategy.trade?.(view, bound) ?? []),
    price:
      strategy.price &&
      ((claimed) => strategy.price?.(claimed, bound) ?? { kind: 'decline', reason: 'it has no price' }),
    observe: (quote, outcome) => strategy.observe?.(quote, outcome, bound),
    tune: (params) => {
      bound = params as Params
    },
    ...terms,
  }
}

/** How long an admitted intent may wait for its block, and a lost race before the same facts are believed again. */
export const INTENT_LIFE = millis(6_000)
export const RETRY_AFTER = millis(3_000)
