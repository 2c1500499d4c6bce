import type { Address, Hash, Hex } from 'viem'
import type { GapRecord } from '../domain/gap-record.ts'
import type { Decision, IntentId } from '../domain/liquidation.ts'
import type { ChainId } from '../domain/units.ts'

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
  /** Durable before it returns: the log so far, then the transaction. */
  commit(tx: JournaledTx): void
  settle(hash: Hash, state: JournaledTx['state']): void
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
