// What travels over gossip. Public, provable facts only: opportunities stay with their finder.
import type { Address, Hash, Hex } from 'viem'
import type { MarginAccount, PriceBatch } from './market.ts'
import type { AccountId, Bps, ChainId, CollateralId, Instant, Millis, VaultId, Wad } from './units.ts'

/** A bonded agent's signature over (chain, number, hash): EIP-712, domain {Lienmesh Attestation, 1}. */
export type Attestation = {
  readonly chain: ChainId
  readonly number: bigint
  readonly hash: Hex
  readonly attestor: Address
  readonly signature: Hex
}

/** A block header as its chain hashes it. It says nothing by itself: its hash must be attested or our own. */
export type Header = {
  readonly chain: ChainId
  readonly number: bigint
  readonly hash: Hex
  readonly rlp: Hex
}

/** An EIP-1186 proof of one contract's account and some of its slots. */
export type StorageProof = {
  readonly address: Address
  readonly accountProof: readonly Hex[]
  readonly slots: readonly { readonly key: Hex; readonly proof: readonly Hex[] }[]
}

/** A margin account with proofs of every slot it is made of, at one block of the engine chain. */
export type ProvenState = {
  readonly engine: ChainId
  readonly account: AccountId
  readonly version: bigint
  readonly number: bigint
  readonly hash: Hex
  /** The RLP of the header of that block: its hash is attested, its state root is proven against. */
  readonly header: Hex
  readonly proofs: readonly StorageProof[]
}

/** A claim opened on the engine chain or paid on the vault chain. */
export type ClaimFact = {
  readonly chain: ChainId
  readonly vault: VaultId
  readonly kind: 'opened' | 'paid'
  readonly beneficiary: Address
  readonly collateral: CollateralId
  readonly cumulative: bigint
  readonly tx: Hash
}

/** A claim with the proof of its counter: `owed` of the mirror when it was opened, `claimed` of the vault when it was paid. */
export type ProvenClaim = Omit<ClaimFact, 'tx'> & {
  readonly number: bigint
  readonly hash: Hex
  readonly header: Hex
  readonly proof: StorageProof
}

/** What an agent says of itself, signed by its bonded key. A provider's rates are indicative. */
export type Status = {
  readonly agent: Address
  readonly name: string
  readonly sequence: Instant
  /** Version of the program. */
  readonly version: string
  readonly heads: readonly { readonly chain: ChainId; readonly number: bigint }[]
  /** Where peers reach this agent: multiaddrs with its peer id, as `Gossip.addresses` gives them. */
  readonly addresses: readonly string[]
  readonly provider: ProviderStatus | undefined
  /** How long its own settlements took lately, by vault. */
  readonly routes: readonly RouteReport[]
  readonly signature: Hex
}

/** Settlements over one vault: how many were seen, their median modelled time, and how many are stuck now. */
export type RouteReport = {
  readonly vault: VaultId
  readonly settled: number
  readonly median: Millis
  readonly stuck: number
}

/** Indicative terms of a liquidity provider, per collateral: cash per full value, in bps. */
export type ProviderStatus = {
  readonly account: Address
  readonly engine: ChainId
  readonly reserves: Wad
  readonly rates: readonly { readonly collateral: CollateralId; readonly rate: Bps }[]
}

/** Two signed statements of one author that cannot both be honest: two blocks at one height, two batches of one sequence. */
export type Evidence =
  | { readonly kind: 'attestations'; readonly first: Attestation; readonly second: Attestation }
  | { readonly kind: 'prices'; readonly first: PriceBatch; readonly second: PriceBatch }

/** Who signed both. */
export const culprit = (evidence: Evidence): Address =>
  evidence.kind === 'attestations' ? evidence.first.attestor : evidence.first.publisher

/** Topic kind to payload. A change here does not compile until codec, check, queue bound and score exist. */
export type Payloads = {
  readonly price: PriceBatch
  readonly header: Header
  readonly attestation: Attestation
  readonly state: ProvenState
  readonly claim: ProvenClaim
  readonly evidence: Evidence
  readonly status: Status
}
export type Kind = keyof Payloads

/** A payload whose signature and proofs were checked by the adapter. `peer` is who relayed it, not who said it. */
export type Verified<K extends Kind = Kind> = {
  readonly [P in K]: {
    readonly kind: P
    readonly payload: Payloads[P]
    readonly peer: string
    readonly receivedAt: Instant
    /** For `state`: the account rebuilt from the proven slots. */
    readonly account?: MarginAccount
  }
}[K]

/** accept forwards; ignore drops; reject drops and lowers the sender's score. */
export type Verdict = { readonly kind: 'accept' } | { readonly kind: 'ignore' | 'reject'; readonly reason: string }

/** Reason of a reader that cannot judge yet: the same message may be offered again. */
export const UNPREPARED = 'unknown-engine'

/** What a bidder asks of a provider, and the provider's firm answer (ICreditLines.Offer with its signature). */
export type OfferRequest = {
  readonly engine: ChainId
  readonly bidder: Address
  readonly account: AccountId
  readonly value: Wad
  readonly collaterals: readonly CollateralId[]
}
export type Offer = {
  readonly provider: Address
  readonly beneficiary: Address
  readonly bidder: Address
  readonly account: AccountId
  readonly rate: Bps
  readonly maxCash: Wad
  /** Seconds. */
  readonly validUntil: bigint
  readonly nonce: bigint
  readonly signature: Hex
}
export type OfferAnswer =
  | { readonly kind: 'offer'; readonly offer: Offer }
  | { readonly kind: 'declined'; readonly reason: string }
