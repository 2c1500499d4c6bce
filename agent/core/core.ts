// The decision: synchronous, deterministic, no I/O. Start reading here.
import type { Address } from 'viem'
import type { Attribution, Candidate, Claim, Decision, Fill, Intent, IntentId, Outcome, Sale } from '../domain/liquidation.ts'
import type { Anchor, EngineTerms, Head, MarginAccount, PriceBatch, Source } from '../domain/market.ts'
import type { Kind, Payloads, ProviderStatus, Verified } from '../domain/message.ts'
import type { AccountId, ChainId, Instant, Wad } from '../domain/units.ts'

/** Everything that can happen to the agent. */
export type Input = { readonly at: Instant } & (
  | { readonly kind: 'terms'; readonly terms: EngineTerms }
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'reorg'; readonly from: Anchor }
  | { readonly kind: 'account'; readonly account: MarginAccount; readonly source: Source }
  | { readonly kind: 'prices'; readonly batch: PriceBatch }
  | { readonly kind: 'provider'; readonly provider: ProviderStatus; readonly from: Address }
  | { readonly kind: 'cash'; readonly engine: ChainId; readonly cash: Wad }
  | { readonly kind: 'competitor'; readonly engine: ChainId; readonly bidder: Address; readonly account: AccountId }
  | { readonly kind: 'outcome'; readonly intent: Intent; readonly outcome: Outcome }
  | { readonly kind: 'claim-opened'; readonly claim: Claim }
  | { readonly kind: 'claim-sold'; readonly claims: readonly Claim[]; readonly sale: Sale }
  | { readonly kind: 'gas'; readonly chain: ChainId; readonly cost: Wad; readonly purpose: 'claim' | 'credit' | 'root' }
  | { readonly kind: 'timer' }
)

/** Everything the agent can do about it. The runtime performs effects in order. */
export type Effect =
  | { readonly kind: 'submit'; readonly intent: Intent }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'found'; readonly candidate: Candidate }
  | { readonly kind: 'settle'; readonly claim: Claim }
  | { readonly kind: 'settled'; readonly intent: IntentId; readonly attribution: Attribution; readonly fill: Fill }
  | { readonly kind: 'alarm'; readonly code: string; readonly detail: string }
  | { readonly kind: 'wake'; readonly at: Instant }

export type { Kind, Payloads, Verified }
