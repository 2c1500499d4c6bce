// The second leg as an operator reads it: what was done for a claim, when and why.
import type { Hash } from 'viem'
import type { Claim, IntentId, Sale } from './liquidation.ts'
import type { Instant, VaultId } from './units.ts'

/** What can be done for a claim that does not come home. */
export type PlaybookStep = 'retry' | 'newer-root' | 'other-source' | 'sell' | 'escalate'

/** One claim's part of a sale. */
export type Share = { readonly claim: Claim; readonly sale: Sale }

/** One step of claims on their way home. Written down when it is taken, so that a restart goes on where it was. */
export type SettlementStep = {
  readonly at: Instant
  readonly vault: VaultId
  readonly intents: readonly IntentId[]
} & (
  | { readonly kind: 'opened'; readonly claim: Claim }
  /** The root is on the vault's chain; it pays from `usableAt` (s) on. */
  | { readonly kind: 'anchored'; readonly number: bigint; readonly usableAt: bigint }
  | { readonly kind: 'stuck'; readonly reason: string }
  | { readonly kind: 'playbook'; readonly step: PlaybookStep; readonly detail: string }
  /** `shares`: the part of the sale that is each claim's, so that a later run can go on counting. */
  | { readonly kind: 'sold'; readonly tx: Hash; readonly proceeds: bigint; readonly shares?: readonly Share[] }
)
