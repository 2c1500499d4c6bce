// The life of a liquidation in the order it happens: Candidate, Route, Quote, Intent, Outcome, Settlement.
import type { Address, Hash, Hex } from 'viem'
import type { Anchor, Margin, MarginAccount, PriceBatch, Source } from './market.ts'
import type { AccountId, Bps, ChainId, CollateralId, Instant, Millis, VaultId, Wad } from './units.ts'

/** engine:account:version. The same shortfall seen twice is the same candidate. */
export type CandidateId = string

/** An account below maintenance margin. */
export type Candidate = {
  readonly id: CandidateId
  readonly account: MarginAccount
  readonly margin: Margin
  /** The signed batches that make these prices; the bid carries them. */
  readonly batches: readonly PriceBatch[]
  readonly source: Source
  /** First time this agent saw the account below maintenance. */
  readonly since: Instant
}

/** How long collateral takes to reach us, in modelled time: a body and an explicit stuck mode. */
export type LatencyLaw = {
  readonly median: Millis
  /** Log-standard deviation of the body. */
  readonly spread: number
  readonly stuckOdds: number
  readonly stuckMedian: Millis
  /** Larger tickets wait for more confirmations: above so many dollars, everything takes so many times as long. */
  readonly steps?: readonly { readonly above: Wad; readonly times: number }[] | undefined
}

/** What may happen on a route instead of settling: a refund at a loss (share of the value), or nothing ever again. */
export type RouteFailures = { readonly refundOdds: number; readonly refundLoss: number; readonly lossOdds: number }

export type Settlement = 'state-proof' | 'liquidity-service' | 'none'

/** How collateral is realised. `none` when a slice holds no collateral: cash on the engine settles at once. */
export type Route = {
  readonly id: string
  readonly engine: ChainId
  readonly settlement: Settlement
  /** The liquidity provider, for liquidity-service. */
  readonly provider: Address | undefined
}

/** Collateral of a slice on one vault. */
export type Leg = {
  readonly collateral: CollateralId
  readonly vault: VaultId
  readonly amount: bigint
  readonly value: Wad
}

/** What the gap of a slice may cost. Non-negative, in dollars. */
export type GapRisk = {
  /** Mean of the loss, E[loss+]. */
  readonly expected: Wad
  /** Expected shortfall at 97.5 %, beyond the mean and marginal to everything carried. */
  readonly shortfall: Wad
  /** What this agent must be paid to carry it. */
  readonly premium: Wad
}

/** What a candidate is worth to this agent on one route at one size. */
export type Quote = {
  readonly candidate: Candidate
  readonly route: Route
  readonly fraction: Bps
  readonly discount: Bps
  /** What the bid pays the account, before the inherited cash. */
  readonly pay: Wad
  /** pay - fraction x netValue: the cash that leaves us. */
  readonly outlay: Wad
  readonly legs: readonly Leg[]
  /** Full value of the collateral at the batch prices. */
  readonly collateralValue: Wad
  /** collateralValue - outlay. */
  readonly bonus: Wad
  /** Gas, trade fees of closing the inherited positions, expected slippage. */
  readonly cost: Wad
  /** What the races lost for every one won cost. */
  readonly raceCost: Wad
  /** What the provider keeps on a liquidity-service route; zero otherwise. */
  readonly providerFee: Wad
  readonly gap: GapRisk
  /** bonus - cost - raceCost - providerFee - gap.premium. */
  readonly net: Wad
}

export type IntentId = Hex

/** A strategy's wish, bound to the quote it was made from. It becomes a transaction only if admitted. */
export type Intent = {
  readonly id: IntentId
  readonly strategy: string
  readonly quote: Quote
  readonly maxPay: Wad
  readonly validUntil: Instant
  readonly reason: string
  /** We hold positions of our own on this engine: only what is inherited may be closed. */
  readonly keeps?: true | undefined
}

/** Cash that left or reached the engine account, as the chain says. */
export type Fill = {
  readonly tx: Hash
  readonly anchor: Anchor
  readonly fraction: Bps
  readonly pay: Wad
  readonly outlay: Wad
  readonly collateralValue: Wad
  readonly legs: readonly Leg[]
  /** Change of our engine cash over the whole transaction, closing included. */
  readonly cashChange: Wad
  /** Paid by the provider within the transaction; zero on a state-proof route. */
  readonly saleProceeds: Wad
  readonly tradeFees: Wad
  /** Received on perpetuals that our account had kept; negative, paid. What is inherited and closed at once has none. */
  readonly funding: Wad
  readonly gasCost: bigint
}

/** How an admitted intent ended. Losing a race is a value, not an error. */
export type Outcome =
  | { readonly kind: 'won'; readonly fill: Fill }
  | { readonly kind: 'lost'; readonly reason: string; readonly gasCost: bigint; readonly anchor: Anchor | undefined }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'expired'; readonly reason: string }

/** One won liquidation's collateral on one vault, from the bid to the sale. Amounts in the asset's units. */
export type Claim = {
  readonly intent: IntentId
  readonly vault: VaultId
  readonly collateral: CollateralId
  readonly asset: Address
  readonly amount: bigint
  readonly openedAt: Instant
  readonly openedIn: Anchor
}

/** What selling the collateral of a claim brought, as the vault chain says. */
export type Sale = {
  readonly tx: Hash
  readonly anchor: Anchor
  readonly proceeds: Wad
  /** Value at the publishers' prices at the time of sale. */
  readonly value: Wad
  readonly gasCost: bigint
  readonly soldAt: Instant
}

/** P&L of one settlement, in dollars (wad). The parts sum to the total exactly. */
export type Attribution = {
  readonly bonus: Wad
  readonly positions: Wad
  readonly funding: Wad
  readonly gas: Wad
  readonly lostRaceGas: Wad
  readonly providerFee: Wad
  readonly protocolFee: Wad
  readonly slippage: Wad
  readonly gap: Wad
  readonly total: Wad
}

/** Somebody else's bid as the chain showed it. `discount` is the auction's at that time, where we knew the auction. */
export type RivalBid = { readonly bidder: Address; readonly at: Instant; readonly discount: Bps | undefined }

/** Counted and askable: why something was not done. */
export type SkipReason =
  | 'not-profitable'
  | 'gap-premium'
  | 'waiting-for-discount'
  | 'capital'
  | 'in-flight-limit'
  | 'shortfall-limit'
  | 'settlement-limit'
  | 'gas-runway'
  | 'strategy-limit'
  | 'asset-limit'
  | 'route-limit'
  | 'chain-limit'
  | 'stress-limit'
  | 'route-stalled'
  | 'route-tripped'
  | 'policy-refused'
  | 'gap-unknown'
  | 'already-reserved'
  | 'provisional'
  | 'prices-missing'
  | 'prices-stale'
  | 'no-route'
  | 'insolvent'
  | 'expired'
  | 'duplicate'
  | 'over-fraction'
  | 'shadow'
  | 'halted'
  | 'strategy-error'
  | 'settling'
  | 'not-ours'

/** Every decision, taken or not, with its reason. */
export type Decision = {
  readonly at: Instant
  readonly candidate: CandidateId
  readonly account: AccountId
  readonly strategy: string
  readonly kind: 'take' | 'postpone' | 'skip'
  readonly reason: SkipReason | 'take'
  readonly detail: string
  readonly net: Wad | undefined
  readonly gap: GapRisk | undefined
  readonly fraction: Bps | undefined
  readonly route: string | undefined
  readonly carried?: Carried | undefined
}

/** Expected shortfall (97.5 %) of everything carried, its limit, and the rows it was found over (none: added up). */
export type Carried = { readonly shortfall: Wad; readonly limit: Wad; readonly rows: number }
