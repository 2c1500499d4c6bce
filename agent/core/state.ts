// All the agent knows. Changed only by `step`.
import type { CandidateId } from '../domain/liquidation.ts'
import type { MarginAccount } from '../domain/market.ts'
import type { ChainId, Instant, VaultId } from '../domain/units.ts'
import { mulberry32 } from '../maths/seeded.ts'
import { type Book, openBook } from './book.ts'
import type { Kept, Load } from './kept.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { openTrades, type Trades } from './positions.ts'
import { openWatch, type Watch } from './protect.ts'
import {
  type Asked,
  type Beliefs,
  type Carried,
  type Evidence,
  type Held,
  type History,
  type Laws,
  openBeliefs,
  openEvidence,
  openHistory,
  openLaws,
  openRatings,
  type Ratings,
} from './risk/memory.ts'
import type { Sightings } from './scan.ts'
import type { Setup } from './setup.ts'

export type Core = {
  readonly setup: Setup
  /** Inputs so far. */
  turn: number
  /** Those of them that quotes may rest on without saying so. */
  others: number
  readonly self: ReadonlySet<string>
  readonly book: Book
  readonly ledger: Ledger
  readonly sightings: Sightings
  /** Uniform in [0, 1), seeded. */
  readonly random: () => number
  readonly beliefs: Beliefs
  readonly laws: Laws
  /** The last quotes of every account, with what they rest on. */
  readonly priced: WeakMap<MarginAccount, Kept>
  /** What was carried when that was last asked. */
  load: { readonly turn: number; readonly ledger: number; readonly load: Load } | undefined
  /** The same with the sums that limits are held against. */
  held: Held | undefined
  readonly history: History
  readonly evidence: Evidence
  /** How routes and providers are rated, with why. */
  readonly ratings: Ratings
  /** Everything in flight over common scenarios; undefined until the first were drawn. */
  carried: Carried | undefined
  /** The scenarios last asked for. */
  asked: Asked | undefined
  /** Last decision by account and strategy, so that it is not repeated. */
  readonly said: Map<string, string>
  /** Intents admitted so far, by candidate. */
  readonly attempts: Map<CandidateId, number>
  /** Engines whose capital is exhausted, with the cash they had when it was said. */
  readonly exhausted: Map<ChainId, bigint>
  /** Auctions we asked to be opened. */
  readonly opened: Map<CandidateId, Opening>
  /** Vaults whose claims do not come home: their routes take no capital of ours. */
  readonly closedRoutes: Set<VaultId>
  /** Whether the breaker of a side of a route is tripped, as far as anybody looked. */
  readonly breakers: Map<string, boolean>
  /** Claims that our coin pays for at present fees, by chain. */
  readonly payable: Map<ChainId, number>
  /** Newest block that a member of our fleet said it has seen, by member and engine. */
  readonly fleet: Map<string, bigint>
  /** Losses that may stop us. */
  readonly watch: Watch
  /** When each engine was last looked at. */
  readonly looked: Map<ChainId, Instant>
  /** Positions of our own, and orders that change them. */
  readonly trades: Trades
  /** Questions that strategies elsewhere have not answered yet, by strategy and engine; and how many there ever were. */
  readonly asking: Map<string, Asking>
  questions: number
  /** The next time we asked to be called. */
  wakeAt: Instant | undefined
}

/** A question under way, and whom it was about. */
export type Asking = { readonly question: number; readonly candidates: ReadonlySet<CandidateId> }

/** An auction we asked to open so often; once that failed, when it may be asked for again. */
export type Opening = { readonly tries: number; readonly again: Instant | undefined }

/** A core that has heard nothing yet. */
export function openCore(setup: Setup): Core {
  const seed = setup.seed + setup.self.reduce((sum, one) => sum + Number(BigInt(one) % 0xffffn), 0)
  return {
    setup,
    turn: 0,
    others: 0,
    self: new Set(setup.self.map((one) => one.toLowerCase())),
    book: openBook(setup.publishers),
    ledger: openLedger(),
    sightings: new Map(),
    random: mulberry32(seed),
    beliefs: openBeliefs(),
    laws: openLaws(),
    priced: new WeakMap(),
    load: undefined,
    held: undefined,
    history: openHistory(),
    evidence: openEvidence(seed),
    ratings: openRatings(),
    carried: undefined,
    asked: undefined,
    said: new Map(),
    attempts: new Map(),
    exhausted: new Map(),
    opened: new Map(),
    closedRoutes: new Set(),
    breakers: new Map(),
    payable: new Map(),
    fleet: new Map(),
    watch: openWatch(),
    looked: new Map(),
    trades: openTrades(),
    asking: new Map(),
    questions: 0,
    wakeAt: undefined,
  }
}
