// One look at an engine, candidate by candidate: an offer or why not, an act or why not; what changed is said once.
import type { Candidate, Decision, Intent, Quote } from '../domain/liquidation.ts'
import type { MarginAccount } from '../domain/market.ts'
import { after, type ChainId, type Instant, instant, millis, wad } from '../domain/units.ts'
import { fromDoubleUp } from '../maths/fixed-point.ts'
import { admit, blocked, type Refusal, SHORT_OF_CASH } from './admit.ts'
import { keyOf, type Market } from './book.ts'
import type { Choice } from './decide.ts'
import { free, reserve } from './ledger.ts'
import { price } from './price.ts'
import { cashNeeded } from './quote.ts'
import { carry, shortfallCarried } from './risk/carried.ts'
import { commit } from './risk/evidence.ts'
import { candidateId } from './scan.ts'
import type { Core } from './state.ts'
import type { Offer } from './view.ts'

/** What a round says. A part of the core's effects. */
export type Saying =
  | { readonly kind: 'submit'; readonly intent: Intent }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'alarm'; readonly code: string; readonly detail: string }
  | { readonly kind: 'wake'; readonly at: Instant }
  | { readonly kind: 'open-auction'; readonly candidate: Candidate }

export type Offering = {
  readonly offer: Offer | undefined
  readonly sayings: readonly Saying[]
  /** When to look again. */
  readonly again: Instant | undefined
}

/** The quotes of a candidate, or why there are none and when to look again. */
export function offer(core: Core, market: Market, candidate: Candidate): Offering {
  const refusal = blocked(core, { candidate }, market.at) ?? bondedOnly(core, market, candidate)
  if (refusal !== undefined)
    return { offer: undefined, sayings: unasked(core, market, candidate, refusal), again: refusal.until }
  const priced = price(core, market, candidate)
  if ('quotes' in priced) return { offer: { candidate, quotes: priced.quotes }, sayings: [], again: undefined }
  const { missing: reason } = priced
  const detail = priced.detail ?? WHY[reason] ?? reason
  return { offer: undefined, sayings: unasked(core, market, candidate, { reason, detail }), again: undefined }
}

const WHY: Readonly<Partial<Record<Refusal['reason'], string>>> = {
  capital: 'the cash that is free buys less than a twentieth of the slice',
  'in-flight-limit': 'what is in flight leaves too little room for the slice',
  'no-route': 'no vault, market or provider is known for its collateral',
  'shortfall-limit': 'the tail of what is carried leaves too little room for the slice',
  insolvent: 'insolvent, and its reward has not begun to grow',
  'prices-missing': 'a price it needs is missing',
}

/** The first seconds of an auction, and its opening, belong to bonded agents. */
function bondedOnly({ setup }: Core, { terms, seconds, at }: Market, { account }: Candidate): Refusal | undefined {
  if (setup.bonded || terms.auction.bondedSeconds === 0) return undefined
  const detail = 'open to bonded agents only'
  if (account.auctionStartedAt === undefined) return { reason: 'waiting-for-discount', detail }
  const left = Number(account.auctionStartedAt - seconds) + terms.auction.bondedSeconds
  return left <= 0 ? undefined : { reason: 'waiting-for-discount', detail, until: after(at, millis(1_000 * left)) }
}

/** An account that should be a candidate, and cannot be valued. */
export function withoutPrice(core: Core, market: Market, account: MarginAccount): readonly Saying[] {
  const refusal: Refusal = market.stale
    ? { reason: 'prices-stale', detail: 'prices were heard, but no quorum of them is fresh' }
    : { reason: 'prices-missing', detail: 'a price it needs was never heard from a quorum' }
  return unasked(core, market, { id: candidateId(account), account }, refusal)
}

function unasked(core: Core, market: Market, candidate: Verdict['candidate'], { reason, detail }: Refusal): Saying[] {
  return say(core, market, { candidate, strategy: CORE, kind: 'skip', reason, detail, quote: undefined })
}

/** One choice becomes a submission, or a decision that says why not. */
export function act(core: Core, market: Market, choice: Choice): readonly Saying[] {
  const { candidate, seat, kind } = choice
  const teller = { candidate, strategy: seat.name }
  if (kind === 'skip')
    return say(core, market, { ...teller, kind, reason: choice.reason, detail: choice.detail, quote: choice.quote })
  if (kind === 'postpone')
    return say(core, market, {
      ...teller,
      kind,
      reason: 'waiting-for-discount',
      detail: choice.detail,
      quote: choice.quote,
    })
  const { quote, reason } = choice.wish
  const admitted = admit(core, market, choice.wish)
  if (!('id' in admitted)) return say(core, market, { ...teller, kind: 'skip', ...admitted, quote })
  reserve(core.ledger, { intent: admitted, amount: cashNeeded(quote, core.setup.risk.payTolerance) })
  carry(core, market.at)
  commit(core, market, admitted)
  core.attempts.set(candidate.id, (core.attempts.get(candidate.id) ?? 0) + 1)
  return [
    ...say(core, market, { ...teller, kind, reason: 'take', detail: reason, quote }),
    { kind: 'submit', intent: admitted },
  ]
}

/** When a postponed choice wants to be asked again. */
export const laterOf = (choice: Choice): readonly Instant[] => (choice.kind === 'postpone' ? [choice.until] : [])

/** One decision in short. `strategy` is `core` before any strategy was asked. */
type Verdict = {
  readonly candidate: Pick<Candidate, 'id' | 'account'>
  readonly strategy: string
  readonly kind: Decision['kind']
  readonly reason: Decision['reason']
  readonly detail: string
  readonly quote: Quote | undefined
}

/** The decision, unless it was the last thing said about this account by this strategy; and what follows from it. */
function say(core: Core, market: Market, verdict: Verdict): Saying[] {
  const { candidate, strategy, kind, reason } = verdict
  const key = `${keyOf(candidate.account)}|${strategy}`
  const said = `${candidate.id}|${kind}|${reason}`
  if (kind !== 'take' && core.said.get(key) === said) return []
  core.said.set(key, said)
  return [
    { kind: 'decided', decision: decisionOf(core, market.at, verdict) },
    ...exhaustion(core, market.engine, verdict),
  ]
}

function decisionOf(core: Core, at: Instant, verdict: Verdict): Decision {
  const { candidate, strategy, kind, reason, detail, quote } = verdict
  const priced = { net: quote?.net, gap: quote?.gap, fraction: quote?.fraction, route: quote?.route.id }
  const said = { at, candidate: candidate.id, account: candidate.account.id, strategy, kind, reason, detail, ...priced }
  return quote === undefined ? said : { ...said, carried: carriedNow(core, at) }
}

function carriedNow(core: Core, at: Instant): Decision['carried'] {
  const shortfall = wad(fromDoubleUp(shortfallCarried(core, at)))
  return { shortfall, limit: core.setup.risk.maxShortfall, rows: core.carried?.whole.losses.length ?? 0 }
}

/** Said once, until more cash arrives. A limit that we set ourselves exhausts nothing. */
function exhaustion(core: Core, engine: ChainId, { reason, strategy, detail }: Verdict): Saying[] {
  if (reason !== 'capital' || core.exhausted.has(engine)) return []
  const { capital } = core.setup
  const left = free(core.ledger, engine, capital.reserve)
  if (left >= capital.maxBid || (strategy !== CORE && detail !== SHORT_OF_CASH)) return []
  core.exhausted.set(engine, core.ledger.cash.get(engine) ?? 0n)
  const found = `$${left / 10n ** 18n} free on engine ${engine} is too little for a bid`
  return [{ kind: 'alarm', code: 'W_CAPITAL_EXHAUSTED', detail: `${found}; add cash or wait for settlements` }]
}

/** Who decides before any strategy is asked. */
const CORE = 'core'

/** The next time to be called, when it is sooner than the one asked for already. Whole tenths of a second, rounded up. */
export function wake(core: Core, at: Instant, times: readonly Instant[]): readonly Saying[] {
  const future = times.filter((time) => time > at)
  if (future.length === 0) return []
  const next = instant(Math.ceil(Math.min(...future) / STEP) * STEP)
  if (core.wakeAt !== undefined && core.wakeAt > at && core.wakeAt <= next) return []
  core.wakeAt = next
  return [{ kind: 'wake', at: next }]
}

const STEP = 100

/**
 * A timer fired, perhaps a little early: what is still to come must be asked for again. One that was asked for before a
 * sooner one leaves that one running; else each would ask for another, and there would be ever more of them.
 */
export function slept(core: Core, at: Instant): void {
  if (core.wakeAt !== undefined && core.wakeAt <= at + EARLY) core.wakeAt = undefined
}

/** Milliseconds by which a timer may come before its time. */
const EARLY = 5
