// The decision: synchronous, deterministic, no I/O. Start reading here.
import type { Address } from 'viem'
import type { Candidate, CandidateId, Claim, Decision, Intent, IntentId, Outcome, Sale } from '../domain/liquidation.ts'
import type { Anchor, Anchors, EngineTerms, Head, MarginAccount, PriceBatch, Source } from '../domain/market.ts'
import type { ProviderStatus, RouteReport, Status } from '../domain/message.ts'
import type { RouteSide } from '../domain/network.ts'
import type { ClosedPosition, TradeOrder, TradeOutcome } from '../domain/trade.ts'
import {
  type AccountId,
  after,
  type ChainId,
  type CollateralId,
  type Instant,
  instant,
  millis,
  type Price,
  type VaultId,
  type Wad,
} from '../domain/units.ts'
import type { Question, Reply } from './apart.ts'
import { anchor, hear, marketAt, retract } from './book.ts'
import { decide, heard } from './decide.ts'
import { firstSeen, heardMember } from './fleet.ts'
import {
  burnt,
  type Consequence,
  counted,
  ended,
  gone,
  halted,
  offered,
  opened,
  priced,
  rivalled,
  sold,
  takenUp,
  told,
  traded,
  tradeEnded,
} from './happen.ts'
import { coming } from './ledger.ts'
import { forgetOpened, openings, unopened } from './openings.ts'
import { type Counted, countOn, type Halt, halt, resume, written } from './protect.ts'
import { promised, witnessed } from './ratings.ts'
import { widen } from './risk/beliefs.ts'
import { carry, takeScenarios } from './risk/carried.ts'
import { foretell } from './risk/evidence.ts'
import { wantedScenarios } from './risk/table.ts'
import type { ScenarioSpec, Table } from './risk/words.ts'
import { act, laterOf, offer, slept, wake, withoutPrice } from './round.ts'
import { breakerKey } from './routes.ts'
import { scan } from './scan.ts'
import type { Setup } from './setup.ts'
import { type Core, openCore } from './state.ts'
import { mayTrade, type Refused, trade, weigh } from './trades.ts'
import { viewOf } from './view.ts'

/** Everything that can happen to the agent. */
export type Input = { readonly at: Instant } & (
  | { readonly kind: 'terms'; readonly terms: EngineTerms }
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'reorg'; readonly from: Anchor }
  | { readonly kind: 'account'; readonly account: MarginAccount; readonly source: Source }
  | { readonly kind: 'prices'; readonly batch: PriceBatch }
  /** What the price book of an engine last held that was no jump: told while only the bare quorum speaks. */
  | { readonly kind: 'anchors'; readonly engine: ChainId; readonly anchors: Anchors }
  /** What the pools of a vault's chain pay per whole token, as of a block. */
  | {
      readonly kind: 'pools'
      readonly vault: VaultId
      readonly number: bigint
      readonly prices: readonly { readonly collateral: CollateralId; readonly price: Price }[]
    }
  | { readonly kind: 'provider'; readonly provider: ProviderStatus; readonly from: Address }
  | { readonly kind: 'cash'; readonly engine: ChainId; readonly cash: Wad }
  /** A route on which claims are stuck takes nothing new, until one came home. */
  | { readonly kind: 'route'; readonly vault: VaultId; readonly closed: boolean }
  /** Whether the breaker of one side of a route is tripped. */
  | { readonly kind: 'breaker'; readonly vault: VaultId; readonly side: RouteSide; readonly tripped: boolean }
  /** A member of our fleet says which blocks it has seen. */
  | { readonly kind: 'member'; readonly from: Address; readonly heads: Status['heads'] }
  /** A bonded agent says how its settlements went. */
  | { readonly kind: 'witness'; readonly from: Address; readonly routes: readonly RouteReport[] }
  /** A provider was asked for a firm offer, and fell so far behind what we quoted (bps); none if it made none. */
  | { readonly kind: 'promise'; readonly provider: Address; readonly short: number | undefined }
  /** How many claims our coin on a chain pays for at present fees. */
  | { readonly kind: 'runway'; readonly chain: ChainId; readonly claims: number }
  | { readonly kind: 'competitor'; readonly engine: ChainId; readonly bidder: Address; readonly account: AccountId }
  | { readonly kind: 'outcome'; readonly intent: Intent; readonly outcome: Outcome }
  /** A bid that an earlier run admitted and whose end no run has heard. Its outcome follows, as that of any other. */
  | { readonly kind: 'bid-recovered'; readonly intent: Intent; readonly since: Instant }
  /** Openings that were asked for and did not happen. */
  | { readonly kind: 'auctions-unopened'; readonly candidates: readonly CandidateId[] }
  /** `paid`: what we gave for it, where it was bought. */
  | { readonly kind: 'claim-opened'; readonly claim: Claim; readonly paid?: Wad | undefined }
  | { readonly kind: 'claim-sold'; readonly claims: readonly Claim[]; readonly sale: Sale }
  /** Claims that the chains say were paid, without any sale that we know of. */
  | { readonly kind: 'claims-gone'; readonly intents: readonly IntentId[] }
  /** `cost` in the chain's native coin. */
  | { readonly kind: 'gas'; readonly chain: ChainId; readonly cost: Wad; readonly purpose: 'claim' | 'credit' | 'root' }
  /** Bid no more, for an operator's or an earlier run's reason; or go on. */
  | { readonly kind: 'halt'; readonly halt: Halt }
  | { readonly kind: 'resume' }
  /** What an earlier run's protections had counted. */
  | { readonly kind: 'counted'; readonly counted: Counted }
  /** The journal takes nothing, for this reason; or (undefined) it takes everything again. */
  | { readonly kind: 'disk'; readonly trouble: string | undefined }
  /** Common scenarios that were asked for. The same specification always has the same. */
  | { readonly kind: 'scenarios'; readonly table: Table }
  /** What the evidence of earlier forecasts makes of tails. */
  | { readonly kind: 'multiplier'; readonly multiplier: number }
  | { readonly kind: 'trade-ended'; readonly order: TradeOrder; readonly outcome: TradeOutcome }
  /** A strategy in another process answered, or failed to. */
  | ({ readonly kind: 'reply' } & Reply)
  /** An operator gave a strategy other parameters; its schema has read them. */
  | { readonly kind: 'tuned'; readonly seat: string; readonly params: unknown }
  | { readonly kind: 'timer' }
)

/** Everything the agent can do about it. The runtime performs effects in order. */
export type Effect =
  | { readonly kind: 'submit'; readonly intent: Intent }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'found'; readonly candidate: Candidate }
  | Consequence
  | { readonly kind: 'wake'; readonly at: Instant }
  /** Nobody takes it at the start discount, which rises only once the auction is open: start it, without a bid. */
  | { readonly kind: 'open-auction'; readonly candidate: Candidate }
  /** Trade on the engine with our own account. To be answered with `trade-ended`. */
  | { readonly kind: 'trade'; readonly order: TradeOrder }
  | { readonly kind: 'trade-refused'; readonly refused: Refused }
  | { readonly kind: 'position-closed'; readonly closed: ClosedPosition }
  /** To be answered with `reply`. */
  | ({ readonly kind: 'ask' } & Question)
  /** To be answered with `scenarios`. */
  | { readonly kind: 'draw-scenarios'; readonly spec: ScenarioSpec }

/** A core that has heard nothing yet. */
export const createCore = (setup: Setup): Core => openCore(setup)

/** One input. The same inputs always give the same effects. */
export function step(core: Core, input: Input): Effect[] {
  core.turn++
  if (!TOLD_APART.has(input.kind)) core.others++
  // An answer is heard at once: it was waited for long enough.
  if (input.kind === 'reply') return look(core, input.engine, input.at, input)
  const effects = happen(core, input)
  return [...effects, ...enginesOf(core, input).flatMap((engine) => lookInTurn(core, engine, input))]
}

/** Inputs that quotes name one by one when they say what they rest on; whatever else is told makes all of them new. */
const TOLD_APART: ReadonlySet<Input['kind']> = new Set([
  'prices',
  'head',
  'account',
  'competitor',
  'outcome',
  'timer',
  'provider',
  'reply',
])

/** What an input changes, before anything is decided. */
function happen(core: Core, input: Exclude<Input, { kind: 'reply' }>): Effect[] {
  const [book, at] = [core.book, input.at] as const
  switch (input.kind) {
    case 'terms':
    case 'anchors':
    case 'cash':
      return done(engineSays(core, input))
    case 'head':
      return done([book.heads.set(input.head.chain, { head: input.head, seenAt: at }), firstSeen(core, input.head)])
    case 'reorg':
      forgetOpened(core, input.from)
      return done(retract(book, input.from))
    case 'account':
      return done(told(core, input))
    case 'prices':
      return hear(book, input.batch) ? priced(core, input.batch.engine, at) : []
    case 'pools':
      return traded(core, at, input)
    case 'provider':
      return offered(core, at, input)
    case 'route':
    case 'breaker':
    case 'runway':
    case 'witness':
    case 'promise':
    case 'member':
      return done(wayHome(core, input))
    case 'competitor':
      return done(rivalled(core, at, input))
    case 'auctions-unopened':
      return [...unopened(core, at, input.candidates)]
    case 'outcome':
    case 'bid-recovered':
    case 'claim-opened':
    case 'claim-sold':
    case 'claims-gone':
    case 'gas':
    case 'trade-ended':
      return paysOff(core, input)
    case 'halt':
    case 'resume':
    case 'counted':
    case 'disk':
      return stops(core, input)
    case 'scenarios':
    case 'multiplier':
      return done(input.kind === 'scenarios' ? takeScenarios(core, at, input.table) : widen(core, input.multiplier))
    case 'tuned':
      return done(core.setup.seats.find(({ name }) => name === input.seat)?.tune(input.params))
    case 'timer':
      return done(slept(core, at))
  }
}

/** What becomes of what we paid, and for what we pay besides. */
function paysOff(core: Core, input: Extract<Input, { kind: Paid }>): Effect[] {
  switch (input.kind) {
    case 'outcome':
      return ended(core, input.at, input.intent, input.outcome)
    case 'bid-recovered':
      return done(takenUp(core, input.intent, input.since))
    case 'claim-opened':
      return opened(core, input.at, input.claim, input.paid)
    case 'claim-sold':
      return sold(core, input.at, input.claims, input.sale)
    case 'claims-gone':
      return gone(core, input.intents)
    case 'gas':
      return done(burnt(core, input.chain, input.cost, input.purpose))
    case 'trade-ended':
      return [...tradeEnded(core, input.at, input.order, input.outcome)]
  }
}

type Paid = 'outcome' | 'bid-recovered' | 'claim-opened' | 'claim-sold' | 'claims-gone' | 'gas' | 'trade-ended'

/** Whether anything may be bid. */
function stops({ watch }: Core, input: Extract<Input, { kind: 'halt' | 'resume' | 'counted' | 'disk' }>): Effect[] {
  switch (input.kind) {
    case 'halt':
      return halted(halt(watch, input.halt))
    case 'resume':
      return done(resume(watch))
    case 'counted':
      return done(countOn(watch, input.counted))
    case 'disk':
      return done(written(watch, input.at, input.trouble))
  }
}

/** What an engine's chain says of itself. */
function engineSays(core: Core, input: Extract<Input, { kind: 'terms' | 'anchors' | 'cash' }>): unknown {
  switch (input.kind) {
    case 'terms':
      return core.book.terms.set(input.terms.chain, input.terms)
    case 'anchors':
      return anchor(core.book, input.engine, input.anchors)
    case 'cash':
      return counted(core, input.engine, input.cash)
  }
}

/** What is known of the ways home: whether claims come, books hold, gas lasts, others get through and providers keep their word. */
function wayHome(core: Core, input: Extract<Input, { kind: Way }>): unknown {
  switch (input.kind) {
    case 'route':
      return input.closed ? core.closedRoutes.add(input.vault) : core.closedRoutes.delete(input.vault)
    case 'breaker':
      return core.breakers.set(breakerKey(input.vault, input.side), input.tripped)
    case 'runway':
      return core.payable.set(input.chain, input.claims)
    case 'witness':
      return witnessed(core, input.at, input.from, input.routes)
    case 'promise':
      return promised(core, input.provider, input.short)
    case 'member':
      return heardMember(core, input.from, input.heads)
  }
}

type Way = 'route' | 'breaker' | 'runway' | 'witness' | 'promise' | 'member'

/** A crowd of facts is one look. An outcome frees capital and waits less; those of one block are still looked at together. */
function lookInTurn(core: Core, engine: ChainId, { kind, at }: Input): readonly Effect[] {
  const pace = kind === 'outcome' ? millis(core.setup.pace / 4) : core.setup.pace
  const last = core.looked.get(engine) ?? instant(0)
  const turn = after(last, pace)
  // A clock that was set back has no turn to wait for.
  if (last <= at && at < turn) return wake(core, at, [turn])
  core.looked.set(engine, at)
  return look(core, engine, at)
}

/** The life of a tick, top to bottom. Each line is the file of that name. */
function look(core: Core, engine: ChainId, at: Instant, reply?: Reply): Effect[] {
  const market = marketAt(core.book, engine, at)
  if (market === undefined) return []
  carry(core, at)
  weigh(core, market)
  const { candidates, fresh, unpriced } = scan(core.book, core.sightings, market, core.self)
  const priced = candidates.map((candidate) => offer(core, market, candidate))
  const offers = priced.flatMap((one) => one.offer ?? [])
  const { choices, questions } = reply
    ? { choices: heard(core, market, offers, reply), questions: [] }
    : decide(core, market, offers)
  for (const { quotes } of offers) foretell(core, market, quotes)
  return [
    ...fresh.map((candidate): Effect => ({ kind: 'found', candidate })),
    ...unpriced.flatMap((account) => withoutPrice(core, market, account)),
    ...priced.flatMap(({ sayings }) => sayings),
    ...choices.flatMap((choice) => act(core, market, choice)),
    ...openings(core, market, choices),
    ...(mayTrade(core) && reply === undefined ? trade(core, market, viewOf(core, market, offers)) : []),
    ...questions.map((question): Effect => ({ kind: 'ask', ...question })),
    ...(offers.length > 0 || coming(core.ledger).length > 0 ? drawings(core, at) : []),
    ...wake(core, at, [...priced.flatMap(({ again }) => again ?? []), ...choices.flatMap(laterOf)]),
  ]
}

/** The engines whose candidates an input may have changed. */
function enginesOf({ book }: Core, input: Input): readonly ChainId[] {
  switch (input.kind) {
    case 'terms':
      return [input.terms.chain]
    case 'head':
      return [input.head.chain]
    case 'account':
      return [input.account.engine]
    case 'prices':
      return [input.batch.engine]
    case 'provider':
      return [input.provider.engine]
    case 'cash':
    case 'anchors':
      return [input.engine]
    case 'outcome':
    case 'claim-sold':
    case 'trade-ended':
    case 'resume':
    case 'disk':
    case 'timer':
      return [...book.terms.keys()]
    case 'reorg':
    case 'pools':
    case 'route':
    case 'breaker':
    case 'witness':
    case 'promise':
    case 'member':
    case 'runway':
    case 'competitor':
    case 'auctions-unopened':
    case 'bid-recovered':
    case 'claim-opened':
    case 'claims-gone':
    case 'gas':
    case 'halt':
    case 'counted':
    case 'scenarios':
    case 'multiplier':
    case 'reply':
    case 'tuned':
      return []
  }
}

/** Scenarios for what is believed now, when those we have are too old for it. */
function drawings(core: Core, at: Instant): Effect[] {
  const spec = wantedScenarios(core, at)
  return spec === undefined ? [] : [{ kind: 'draw-scenarios', spec }]
}

/** For changes that say nothing themselves. */
const done = (_: unknown): Effect[] => []

export type { Core }
