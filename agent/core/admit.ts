// Hard limits every strategy is held to: the only road from a wish to a submission.
import type { Intent, IntentId, Quote, SkipReason } from '../domain/liquidation.ts'
import { after, type ChainId, type Instant, instant, type VaultId, wad } from '../domain/units.ts'
import { isFresh } from '../maths/oracle.ts'
import { keyOf, type Market, retiredUntil } from './book.ts'
import { dutyOf } from './fleet.ts'
import { coming, free, inFlight, pledged, travelling, usage } from './ledger.ts'
import { unwanted } from './policy.ts'
import { holdsAny } from './positions.ts'
import { stopped } from './protect.ts'
import { cashNeeded, gainOf, maxPay } from './quote.ts'
import { limitReached, stalled } from './risk/limits.ts'
import { INTENT_LIFE, type Seat } from './setup.ts'
import { exposuresOf, openSheet } from './sheet.ts'
import type { Core } from './state.ts'

/** Why not. `until` is when it may be worth looking again. */
export type Refusal = { readonly reason: SkipReason; readonly detail: string; readonly until?: Instant | undefined }

/** The detail of a refusal for want of cash, rather than of a limit. */
export const SHORT_OF_CASH = 'not enough free cash'

/** The detail of a refusal for want of room in the next blocks. */
const MANY_BIDS = 'as many bids as we allow are under way'

/** A strategy's wish: one of our own quotes, taken. */
export type Wish = { readonly seat: Seat; readonly quote: Quote; readonly reason: string; readonly most: number }

/** An intent within every limit, or the first limit that it breaks. */
export function admit(core: Core, market: Market, wish: Wish): Intent | Refusal {
  const intent = intentOf(core, market, wish)
  return (
    haltRefuses(core) ??
    policyRefuses(core, wish.quote) ??
    factsRefuse(core, market, wish.quote) ??
    sizeRefuses(wish, intent, market.at) ??
    unknownRefuses(core) ??
    riskRefuses(core, market, wish.quote) ??
    runwayRefuses(core, wish.quote) ??
    capitalRefuses(core, wish) ??
    budgetRefuses(core, wish) ??
    (core.setup.mode === 'shadow' ? refuse('shadow', 'shadow mode sends nothing') : intent)
  )
}

/** A protection tripped, an operator said stop, or nothing can be written down: nothing passes. */
function haltRefuses({ watch }: Core): Refusal | undefined {
  const stop = stopped(watch)
  return stop && refuse('halted', stop.detail)
}

/** What the owner refuses is no matter of price. */
function policyRefuses({ setup }: Core, { route, legs }: Quote): Refusal | undefined {
  const why = unwanted(setup.policy, route, legs)
  return why === undefined ? undefined : refuse('policy-refused', why)
}

/** Why an account cannot be bid on now, whoever asks. */
export function blocked(core: Core, quote: Pick<Quote, 'candidate'>, at: Instant): Refusal | undefined {
  const { account } = quote.candidate
  if (isReserved(core, keyOf(account))) return refuse('already-reserved', 'a bid on this account is under way')
  const duty = dutyOf(core, account)
  if (duty.kind === 'theirs')
    return { ...refuse('not-ours', `${duty.of} of our fleet is on duty for it`), until: duty.until }
  const retired = retiredUntil(core.book, account, at)
  if (retired === undefined) return undefined
  return { ...refuse('settling', `version ${account.version} was acted on; no newer state seen`), until: retired.until }
}

function isReserved({ ledger }: Core, key: string): boolean {
  for (const { intent } of ledger.reserved.values()) if (keyOf(intent.quote.candidate.account) === key) return true
  return false
}

function factsRefuse(core: Core, { terms, at }: Market, quote: Quote): Refusal | undefined {
  const { candidate } = quote
  if (candidate.source === 'peer') return refuse('provisional', "a peer's word moves no capital")
  const stopped = blocked(core, quote, at)
  if (stopped !== undefined) return stopped
  const fresh = candidate.batches.every((batch) => isFresh(batch, { now: at, maxAge: terms.priceMaxAge }))
  return fresh && candidate.batches.length >= terms.priceQuorum
    ? undefined
    : refuse('prices-stale', 'no quorum of fresh prices')
}

function sizeRefuses({ quote, most }: Wish, intent: Intent, at: Instant): Refusal | undefined {
  if (quote.fraction > most) return refuse('over-fraction', `${quote.fraction} of at most ${most} bps`)
  if (intent.validUntil <= at) return refuse('expired', 'its prices expire now')
  return undefined
}

/** On top of what cannot be valued, no limit means anything. */
const unknownRefuses = ({ ledger }: Core): Refusal | undefined =>
  ledger.unvalued.size > 0 ? refuse('prices-missing', 'what a claim of ours is worth is not known yet') : undefined

function riskRefuses(core: Core, market: Market, quote: Quote): Refusal | undefined {
  const { risk } = core.setup
  if (gainOf(quote) < risk.minNet)
    return refuse('not-profitable', 'bonus less cost and fees is below the least net value')
  if (quote.route.settlement !== 'state-proof') return undefined
  const outlay = inFlight(core.ledger) + pledged(core.ledger) + quote.outlay
  if (quote.outlay > 0n && outlay > risk.maxInFlight)
    return refuse('in-flight-limit', 'outlay in flight would pass its limit')
  return tailRefuses(core, market, quote)
}

/** What the quote carries, by the laws of this moment: they may have changed since it was made. */
function tailRefuses(core: Core, market: Market, quote: Quote): Refusal | undefined {
  const sheet = openSheet(core, market, quote.candidate)
  if (sheet === undefined) return refuse('prices-missing', 'a price it needs is missing')
  const legs = exposuresOf(sheet, quote.legs, quote.outlay)
  if ('missing' in legs) return refuse(legs.missing, legs.detail ?? 'a leg of it cannot be priced')
  return stalled(core, market.at, legs) ?? limitReached(core, market.at, legs)
}

/** A claim that cannot pay for its own way home is not bought: what is under way and what is spare come first. */
function runwayRefuses({ setup, ledger, payable }: Core, { legs, route }: Quote): Refusal | undefined {
  if (setup.gas.runway === 0 || route.settlement !== 'state-proof') return undefined
  const chainOf = (id: VaultId): ChainId | undefined => setup.vaults.find((vault) => vault.id === id)?.chain
  for (const chain of new Set(legs.map(({ vault }) => chainOf(vault)))) {
    if (chain === undefined) continue
    const claims = payable.get(chain)
    if (claims === undefined) return refuse('gas-runway', `our coin on chain ${chain} is not known yet`)
    const due = coming(ledger).filter(({ vault }) => chainOf(vault) === chain).length
    const bid = travelling(ledger).filter(({ intent }) => intent.quote.legs.some((one) => chainOf(one.vault) === chain))
    if (claims < due + bid.length + 1 + setup.gas.runway)
      return refuse(
        'gas-runway',
        `our coin on chain ${chain} pays for ${claims} claims, ${due + bid.length} are under way`,
      )
  }
  return undefined
}

function capitalRefuses({ setup, ledger }: Core, { quote }: Wish): Refusal | undefined {
  const { engine } = quote.candidate.account
  if (ledger.reserved.size >= setup.capital.maxBids) return refuse('in-flight-limit', MANY_BIDS)
  const needed = cashNeeded(quote, setup.risk.payTolerance)
  if (needed > setup.capital.maxBid) return refuse('capital', 'larger than the most one bid may take')
  if (needed > free(ledger, engine, setup.capital.reserve)) return refuse('capital', SHORT_OF_CASH)
  return undefined
}

/** What the strategy has in use of its own budget. Shortfalls add up: the sum is never less than the whole. */
function budgetRefuses({ setup, ledger }: Core, { quote, seat: { name, budget } }: Wish): Refusal | undefined {
  const { used, whole, shortfall } = usage(ledger, quote.candidate.account.engine, name)
  if (used + cashNeeded(quote, setup.risk.payTolerance) > (whole * BigInt(budget.capital)) / 10_000n)
    return refuse('capital', `${name} has used its share of the capital`)
  const most = (setup.risk.maxShortfall * BigInt(budget.shortfall)) / 10_000n
  return shortfall + quote.gap.shortfall > most
    ? refuse('strategy-limit', `${name} has used its share of the expected shortfall`)
    : undefined
}

function intentOf(
  { setup, attempts, self, trades }: Core,
  { terms, at }: Market,
  { seat, quote, reason }: Wish,
): Intent {
  const ends = quote.candidate.batches.map(({ validUntil, sequence }) =>
    Math.min(validUntil, sequence + terms.priceMaxAge),
  )
  return {
    // Members of a fleet name an intent alike: their executor executes it once.
    id: intentId(quote, attempts.get(quote.candidate.id) ?? 0, setup.fleet?.executor ?? [...self].join()),
    strategy: seat.name,
    quote,
    maxPay: wad(maxPay(quote, setup.risk.payTolerance)),
    validUntil: instant(Math.min(after(at, INTENT_LIFE), ...ends)),
    reason,
    ...(holdsAny(trades, quote.candidate.account.engine) && { keeps: true as const }),
  }
}

/** 32 readable bytes: account (20), chain (4), version (4), who (2), attempt (2). Unique as long as we are one agent. */
export function intentId({ candidate }: Quote, attempt: number, who: string): IntentId {
  const { engine, id, version } = candidate.account
  const field = (value: bigint, bytes: number): string =>
    BigInt.asUintN(8 * bytes, value)
      .toString(16)
      .padStart(2 * bytes, '0')
  const agent = [...who].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffff, 7)
  return `0x${id.slice(2).toLowerCase()}${field(BigInt(engine), 4)}${field(version, 4)}${field(BigInt(agent), 2)}${field(BigInt(attempt), 2)}`
}

const refuse = (reason: SkipReason, detail: string): Refusal => ({ reason, detail })
