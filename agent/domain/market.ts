// What the chains and the publishers say: anchors, prices, terms, margin accounts.
import type { Address, Hex } from 'viem'
import type {
  AccountId,
  Bps,
  ChainId,
  CollateralId,
  FeedId,
  Instant,
  InstrumentId,
  Millis,
  Price,
  VaultId,
  Wad,
} from './units.ts'

/** A block. Where a fact was read: facts are forgotten when their anchor leaves the chain. */
export type Anchor = { readonly chain: ChainId; readonly number: bigint; readonly hash: Hex }

/** A block as our own node reports it. `timestamp` is in seconds. */
export type Head = Anchor & { readonly parentHash: Hex; readonly timestamp: bigint }

/** One feed of a signed batch. `shocks` packs 16 int16, in bps of the underlying's notional, lowest bits first. */
export type PriceEntry = {
  readonly feed: FeedId
  readonly price: Price
  readonly confidence: Bps
  readonly shocks: bigint
}

/** All feeds of one publisher under one EIP-712 signature, as `PriceBook.push` takes them. Times in milliseconds. */
export type PriceBatch = {
  readonly engine: ChainId
  readonly publisher: Address
  readonly sequence: Instant
  readonly validUntil: Instant
  readonly entries: readonly PriceEntry[]
  readonly signature: Hex
}

/** The price of one feed after the quorum rule of the price book. Degraded: taken at its worse edge, as the engine does. */
export type OraclePrice = PriceEntry & { readonly sequence: Instant; readonly degraded?: boolean }

/**
 * The last prices of the price book that were not degraded, by feed; undefined where one is degraded and nobody saw the last.
 * A jump from them beyond `deviation` that only the bare quorum confirms is degraded.
 */
export type Anchors = { readonly deviation: Bps; readonly prices: ReadonlyMap<FeedId, Price | undefined> }

/** Current prices by feed. A missing feed is not zero: whatever needs it has no value. */
export type Prices = ReadonlyMap<FeedId, OraclePrice>

export type Instrument = {
  readonly id: InstrumentId
  readonly name: string
  readonly kind: 'perpetual' | 'option'
  readonly markFeed: FeedId
  readonly underlyingFeed: FeedId
  readonly contingency: Bps
  readonly shocks: bigint
  /** What one unit has paid in funding since the listing; absent where it never moved. */
  readonly fundingIndex?: bigint
  /** What an expired series pays per unit, once it is fixed. */
  readonly payoff?: Price
}

/** One asset of one vault. `gap` is the gap haircut stored on chain. */
export type Collateral = {
  readonly id: CollateralId
  readonly vault: VaultId
  readonly symbol: string
  readonly asset: Address
  readonly feed: FeedId
  readonly decimals: number
  readonly haircut: Bps
  readonly gap: Bps
}

/** Terms of the auction, as the contract states them. Times in seconds. */
export type AuctionTerms = {
  readonly startDiscount: Bps
  readonly discountPerSecond: Bps
  readonly maxDiscount: Bps
  readonly target: Bps
  readonly bondedSeconds: number
  readonly insolventSeconds: number
  readonly dust: Wad
}

/** Everything the margin rule needs besides prices and the account. */
export type EngineTerms = {
  readonly chain: ChainId
  readonly instruments: readonly Instrument[]
  readonly collaterals: readonly Collateral[]
  readonly initialFactor: Bps
  readonly tradeFee: Bps
  readonly auction: AuctionTerms
  readonly priceQuorum: number
  readonly priceMaxAge: Millis
}

export type Mode = 'isolated' | 'cross' | 'unified'

/** `entryFunding` is the funding index that it has paid up to; absent for zero. */
export type Position = { readonly instrument: InstrumentId; readonly size: Wad; readonly entryFunding?: bigint }

/** Unspent credit, in the asset's own units. */
export type Credit = { readonly collateral: CollateralId; readonly amount: bigint }

/** A margin account as of one block. `version` rises with every change that the engine makes. */
export type MarginAccount = {
  readonly engine: ChainId
  readonly id: AccountId
  readonly owner: Address
  readonly version: bigint
  readonly mode: Mode
  readonly cash: Wad
  readonly positions: readonly Position[]
  readonly credit: readonly Credit[]
  /** Seconds at which its auction started; undefined when none runs. */
  readonly auctionStartedAt: bigint | undefined
  readonly anchor: Anchor
}

/** Who vouches for a fact. Capital moves only on `own` and `proven`. */
export type Source = 'own' | 'proven' | 'peer'

/** What an engine account is worth. Mirrors IMarginEngine.Margin. */
export type Margin = {
  readonly equity: Wad
  readonly netValue: Wad
  readonly mark: Wad
  readonly maintenance: Wad
  readonly initial: Wad
}
