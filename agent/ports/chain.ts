import type { Address, Hash, Hex } from 'viem'
import type { Line, LineEvent } from '../domain/credit-line.ts'
import type { Candidate, Claim, Intent, Outcome, Sale } from '../domain/liquidation.ts'
import type { Anchor, Anchors, EngineTerms, Head, MarginAccount, PriceBatch } from '../domain/market.ts'
import type { Attestation, ClaimFact, Evidence, Offer, ProvenState, StorageProof } from '../domain/message.ts'
import type { RouteSide } from '../domain/network.ts'
import type { Asset, Posting } from '../domain/posting.ts'
import type { TradeOrder, TradeOutcome } from '../domain/trade.ts'
import type { AccountId, ChainId, CollateralId, FeedId, Price, VaultId, Wad } from '../domain/units.ts'

/** A new head, or the first block that is no longer canonical. A reorg is always followed by heads that replace it. */
export type HeadEvent =
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'reorg'; readonly from: Anchor }

/** What every chain gives, whatever its role. */
export interface ChainReader {
  readonly id: ChainId
  /** Heads in order without holes, tracked by parent hash. */
  heads(signal: AbortSignal): AsyncIterable<HeadEvent>
  latest(): Promise<Head>
  /** The RLP of a block's header; its keccak equals the block's hash or it throws. */
  header(number: bigint): Promise<{ readonly rlp: Hex; readonly head: Head }>
  proof(address: Address, slots: readonly Hex[], number: bigint): Promise<StorageProof>
  nativeBalance(who: Address): Promise<bigint>
  /** Whether enough of the chain's providers agree to commit capital on what they say. */
  committable(): boolean
}

/** What happened on an engine chain between two blocks, as far as an agent cares. */
export type EngineEvents = {
  /** Accounts whose state changed (opened, traded, credited, sliced, auction started or ended). */
  readonly touched: readonly AccountId[]
  /** Claims allocated, with the cumulative `owed` after each. */
  readonly owed: readonly ClaimFact[]
  /** Bids taken by anyone, for competitors and the summary. */
  readonly bids: readonly {
    readonly account: AccountId
    readonly bidder: Address
    readonly number: bigint
    readonly tx: Hash
  }[]
  /** Claims bought by providers at a bid. */
  readonly purchases: readonly Purchase[]
  /** Credit lines asked for, opened and ended. */
  readonly lines: readonly LineEvent[]
  /** Whether what everybody is margined by changed: funding, fixings, gap haircuts, listings. */
  readonly terms: boolean
}

/** What a provider does with a line of its own. Prices travel along: the contract judges by them. */
export type LineOrder = {
  readonly id: AccountId
  readonly line: Line
  readonly batches: readonly PriceBatch[]
} & ({ readonly kind: 'open'; readonly signature: Hex } | { readonly kind: 'enforce' | 'settle' })

/** How an order ended. `refused` by the contract or not included in time. */
export type LineOutcome =
  | { readonly kind: 'done'; readonly tx: Hash; readonly gasCost: bigint }
  | { readonly kind: 'refused'; readonly reason: string; readonly gasCost: bigint }

/** A provider paid `cash` for a claim worth `value` at the prices of the bid. */
export type Purchase = {
  readonly provider: Address
  readonly bidder: Address
  readonly account: AccountId
  readonly value: Wad
  readonly cash: Wad
  readonly tx: Hash
}

/** The engine's chain: accounts are margined, priced and liquidated here. */
export interface EngineChain extends ChainReader {
  terms(): Promise<EngineTerms>
  /** From logs, inclusive. Throws E_LOGS_UNAVAILABLE when log access is cut. */
  events(from: bigint, to: bigint): Promise<EngineEvents>
  accounts(ids: readonly AccountId[], at: Anchor): Promise<readonly MarginAccount[]>
  cash(account: AccountId): Promise<Wad>
  /** What the price book last held of these feeds that was no jump. */
  anchors(feeds: readonly FeedId[]): Promise<Anchors>
  /** Whether a bond opens the first seconds of auctions to this bidder. */
  bonded(bidder: Address): Promise<boolean>
  owed(vault: VaultId, beneficiary: Address, asset: Address): Promise<bigint>
  /** Proofs of every slot an account is made of, at a block. */
  provenState(account: MarginAccount, number: bigint): Promise<ProvenState>
  /** Sends prices, start, bid (or bid and sale) and close as one executor call; resolves when its fate is known. */
  bid(intent: Intent, offer: Offer | undefined, signal: AbortSignal): Promise<Outcome>
  /** How a bid of an earlier run ended, by what was signed at its nonce; undefined while none of it is in a block. */
  ended(intent: Intent, signed: readonly Signed[]): Promise<Outcome | undefined>
  /** Carries prices and starts the clocks of those auctions that may start, without a bid. */
  openAuctions(candidates: readonly Candidate[], signal: AbortSignal): Promise<AuctionsOpened>
  /** Opens, enforces or settles a credit line from our executor's cash. */
  orderLine(order: LineOrder, signal: AbortSignal): Promise<LineOutcome>
  /** Trades with our executor's own account. A refusal is a value: it may not be allowed to, or prices moved. */
  trade(order: TradeOrder, signal: AbortSignal): Promise<TradeOutcome>
  /** Where a mirror's source can be shown its vault's counters, at or above a block; undefined while it cannot. */
  basis(vault: VaultId, atLeast: bigint, attested: AttestedHeader | undefined): Promise<Basis | undefined>
  /** Does the next step of crediting deposits: what the source needs first, or the credit itself. */
  credit(vault: VaultId, basis: Basis, deposits: readonly Deposit[], signal: AbortSignal): Promise<CreditStep>
}

/** A transaction by its hash, and what it is for. */
export type Signed = { readonly hash: Hash; readonly leg: string }

/** What an opening did: the accounts whose clock it started, none when it reverted or came too late. Gas in native coin. */
export type AuctionsOpened = { readonly gasCost: bigint; readonly started: readonly AccountId[] }

/** A deposit seen on a vault chain. */
export type Deposit = { readonly account: AccountId; readonly asset: Address; readonly anchor: Anchor }

/** A header with at least `threshold` attestations, in ascending order of attestor. */
export type AttestedHeader = {
  readonly chain: ChainId
  readonly number: bigint
  readonly header: Hex
  readonly attestations: readonly Attestation[]
}

/**
 * A block of the other chain whose counters a source can be shown, now or after a wait. `parts`: of each source of a quorum,
 * undefined where one can show nothing.
 */
export type Basis = {
  readonly number: bigint
  readonly attested: AttestedHeader | undefined
  readonly parts?: readonly (Basis | undefined)[]
  /** What is shown may be newer than the block: a message tells what stands when it is sent. */
  readonly newer?: boolean
}

/** A source waits before it lets anything be read: come back at `usableAt` (s) with the same basis. */
export type Waiting = {
  readonly kind: 'waiting'
  readonly usableAt: bigint
  readonly number: bigint
  readonly gasCost: bigint
}

/** A deposit so large that the mirror noted it first and credits it from `readyAt` (s) on. */
export type HeldBack = { readonly deposit: Deposit; readonly readyAt: bigint }

/** What crediting did. `nothing`: all that may be credited now was credited before. */
export type CreditStep =
  | Waiting
  | { readonly kind: 'credited'; readonly tx: Hash; readonly held: readonly HeldBack[] }
  | { readonly kind: 'nothing'; readonly held: readonly HeldBack[] }

/** Of a token, in its own units. */
export type Amount = { readonly asset: Address; readonly amount: bigint }

/** The least that selling amounts may bring. */
export type Floor = (sold: readonly Amount[]) => Wad

/** What a claim transaction did. */
export type ClaimStep =
  | Waiting
  | {
      readonly kind: 'sold'
      /** Those of the claims that this sale was of; the others were paid before. */
      readonly claims: readonly Claim[]
      readonly received: readonly Amount[]
      readonly sale: Omit<Sale, 'value'>
    }
  | { readonly kind: 'stuck'; readonly reason: string; readonly gasCost: bigint }

/** The vault's chain: deposits are locked and claims are paid here. One object serves one vault. */
export interface VaultChain extends ChainReader {
  readonly vault: VaultId
  deposits(from: bigint, to: bigint): Promise<readonly Deposit[]>
  claimed(beneficiary: Address, asset: Address): Promise<bigint>
  /** What was ever deposited for an account, as of a block. */
  deposited(account: AccountId, asset: Address, number: bigint): Promise<bigint>
  /** Where the vault's source can be shown the mirror's counters, at or above a block; undefined while it cannot. */
  basis(atLeast: bigint, attested: AttestedHeader | undefined): Promise<Basis | undefined>
  /**
   * Redeems claims and sells what arrives, in as few transactions as the route allows: root, anchor, claim and swap in
   * one when its source does not wait. `floor`: the least that selling these amounts may bring.
   */
  redeem(claims: readonly Claim[], basis: Basis, floor: Floor, signal: AbortSignal): Promise<ClaimStep>
  dollarBalance(): Promise<Wad>
  tokenBalance(collateral: CollateralId): Promise<bigint>
  /** What the pools pay in which this vault's collateral is sold. */
  pools(): Promise<PoolPrices>
}

/** Middle prices of pools per whole token, as of a block; an asset whose pool is empty is left out. */
export type PoolPrices = {
  readonly number: bigint
  readonly prices: readonly { readonly collateral: CollateralId; readonly price: Price }[]
}

/** What a chain says that we hold, as of one block. Amounts in each asset's own units. */
export type Statement = {
  readonly block: bigint
  readonly balances: readonly { readonly asset: Asset; readonly amount: bigint }[]
}

/** A chain as the books are compared with it. */
export interface Statements {
  readonly chain: ChainId
  /** As of the newest block that is final for every amount; undefined while there is none. */
  read(): Promise<Statement | undefined>
  /** What others moved between two blocks, exclusive and inclusive: the owner, buyers of credit, relayed claims. */
  explain(after: bigint, upTo: bigint): Promise<readonly Posting[]>
  /** Claims that our coin pays for at present fees. */
  runway(): Promise<number>
}

/** The breaker of one side of a route: the ledger on chain `books` must not exceed the counters of `other`. */
export interface Breaker {
  /** Whose books, for people. */
  readonly name: string
  readonly vault: VaultId
  readonly side: RouteSide
  readonly books: ChainId
  readonly other: Pick<ChainReader, 'id' | 'header'>
  /** Compares the books with the counters at an attested block; trips and answers the transaction when they contradict. */
  inspect(root: AttestedHeader, signal: AbortSignal): Promise<Hash | undefined>
  /** Whether somebody has tripped it. */
  tripped(): Promise<boolean>
}

/** Punishes attestors at the registry of one chain. */
export interface Slasher {
  readonly chain: ChainId
  /** Whether the registry still takes this agent for an attestor: bonded, admitted, not leaving. */
  attests(agent: Address): Promise<boolean>
  /** Takes the bond of who signed two blocks at one height; undefined when there is none left, or somebody was faster. */
  slash(evidence: Extract<Evidence, { readonly kind: 'attestations' }>, signal: AbortSignal): Promise<Hash | undefined>
}

/** What became of a proposed header: struck out (half of its bond is ours), contradicted too late, or our bond returned. */
export type Dispute = {
  readonly kind: 'struck' | 'frozen' | 'released'
  readonly number: bigint
  readonly bond: bigint
  readonly tx: Hash
}

/** Watches the headers that are proposed to one optimistic source. */
export interface Challenger {
  /** Whose source, for people. */
  readonly name: string
  /** The chain the source stands on. */
  readonly chain: ChainId
  readonly other: Pick<ChainReader, 'id' | 'header'>
  /** Challenges what our own node contradicts, and takes back bonds of ours that stood. */
  inspect(attested: AttestedHeaders, signal: AbortSignal): Promise<readonly Dispute[]>
}

/** Blocks that a quorum attested and our own node does not contradict. */
export type AttestedHeaders = {
  newest(): Promise<AttestedHeader | undefined>
  /** The lowest at or above a height. */
  from(atLeast: bigint): Promise<AttestedHeader | undefined>
}
