import type { Address, Hash, Hex } from 'viem'
import type { GapRecord } from '../domain/gap-record.ts'
import type { LifeState } from '../domain/life.ts'
import type { Decision, Intent, IntentId } from '../domain/liquidation.ts'
import type { Balance, Posting } from '../domain/posting.ts'
import type { SettlementStep } from '../domain/settlement.ts'
import type { ChainId, Instant, Wad } from '../domain/units.ts'

/** A signed transaction, written down before a byte of it leaves the process. */
export type JournaledTx = {
  readonly chain: ChainId
  readonly from: Address
  readonly nonce: number
  readonly intent: IntentId | undefined
  readonly leg: string
  readonly raw: Hex
  readonly hash: Hash
  readonly state: 'signed' | 'included' | 'reverted' | 'dropped'
  /** Dollars that a bid reserves from here on; kept with the liquidation's life, not with the bytes. */
  readonly reserved?: Wad
}

/** Where a liquidation stands, and the capital it holds. */
export type Life = {
  readonly intent: IntentId
  readonly chain: ChainId
  readonly reserved: Wad
  readonly state: LifeState
}

/** A bid as it was admitted: all that a later life needs to count it as this one did. */
export type Admitted = { readonly intent: Intent; readonly at: Instant }

/** Small values by name. */
export type Facts = Readonly<Record<string, string>>

/** Everything written down about one liquidation, both legs. */
export type SettlementRecord = {
  readonly intent: IntentId
  /** Absent for what we bought, or found on the chain: no bid of this journal opened it. */
  readonly life: Life | undefined
  readonly transactions: readonly JournaledTx[]
  /** Oldest first. */
  readonly steps: readonly SettlementStep[]
}

/** What the agent must not forget. One durable commit per committed capital; inputs and decisions are buffered. */
export interface Journal {
  /** Buffered: everything the core was told, so that a run can be decided again. */
  input(input: unknown): void
  /** Buffered: every decision with its reason code. */
  decision(decision: Decision): void
  /** Buffered: what was said of a gap and how it ended. */
  gap(record: GapRecord): void
  /** Every gap that ended, oldest first. */
  gaps(): readonly GapRecord[]
  /** Buffered: a bid that is about to be signed for. */
  admitted(bid: Admitted): void
  /** The newest of that name that was committed. */
  bid(intent: IntentId): Admitted | undefined
  /** Buffered: a small value by name. */
  keep(key: string, value: string): void
  /** Durable before it returns, all in one: the log so far, the bytes at their nonce, the intent and its reservation. */
  commit(tx: JournaledTx): void
  /**
   * What the chain made of it, and what that moved, in one; back to `signed` when a reorganisation took it away, which
   * takes the posting back too.
   */
  settle(hash: Hash, state: JournaledTx['state'], posting?: Posting): void
  /** Its nonce was used by bytes that we never signed. */
  abandon(hash: Hash): void
  /** The claim of a liquidation is paid; in one with small values that say what followed from it. */
  paid(intent: IntentId, facts?: Facts): void
  /** Liquidations that still hold capital. */
  lives(): readonly Life[]
  /** Durable: a movement that no transaction of ours made. False when its `ref` was posted before. Throws E_INVARIANT when it does not balance. */
  post(posting: Posting): boolean
  /** Every account of every asset and chain; what is reserved stands there as long as the intent's fate is open. */
  balances(): readonly Balance[]
  /** Postings of a chain after a block, oldest first. */
  postings(chain: ChainId, after: bigint): readonly Posting[]
  /** Durable: what was done for claims on their way home. */
  note(step: SettlementStep): void
  /** Those whose id starts so: bids under way first, then the newest. */
  settlements(filter: { readonly id?: string; readonly limit?: number }): readonly SettlementRecord[]
  /** Transactions whose fate is unknown, oldest first. */
  open(chain: ChainId): readonly JournaledTx[]
  nextNonce(chain: ChainId, from: Address): number | undefined
  /** Every transaction of a key at or above a nonce, whatever its state, oldest first. */
  history(chain: ChainId, from: Address, nonce: number): readonly JournaledTx[]
  /** A small durable value by name (discovery cursor, account list). */
  remember(key: string, value: string): void
  recall(key: string): string | undefined
  decisions(filter: {
    readonly since?: number
    readonly kind?: Decision['kind']
    readonly limit?: number
  }): readonly Decision[]
  flush(): void
  close(): void
}
