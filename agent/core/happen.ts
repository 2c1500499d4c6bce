// What inputs change in the book and the ledger, before anything is decided.
import type { Address } from 'viem'
import type { GapRecord } from '../domain/gap-record.ts'
import type { Attribution, Claim, Fill, Intent, IntentId, Outcome, Quote, Sale } from '../domain/liquidation.ts'
import type { ProviderStatus } from '../domain/message.ts'
import type { TradeOrder, TradeOutcome } from '../domain/trade.ts'
import {
  type AccountId,
  after,
  type ChainId,
  type CollateralId,
  type FeedId,
  type Instant,
  type Price,
  type VaultId,
  type Wad,
  wad,
} from '../domain/units.ts'
import { mulDivUp } from '../maths/fixed-point.ts'
import { accountKey, discountOf, type Fact, feedKey, learn, type Market, marketAt, retire, saw } from './book.ts'
import {
  adopt,
  bookSale,
  carries,
  count,
  expects,
  foundIn,
  letGo,
  openClaim,
  openSettlement,
  release,
  reserve,
  type Settled,
  valueClaims,
  wealth,
} from './ledger.ts'
import { type Counted, closed, failed, type Halt, halt, heard } from './protect.ts'
import { cashNeeded } from './quote.ts'
import { learnArrivals, learnDelays, learnPrices } from './risk/beliefs.ts'
import { committedAt, lived, overdue, uncommit } from './risk/evidence.ts'
import { remember } from './risk/history.ts'
import { learnRace } from './risk/races.ts'
import { RETRY_AFTER } from './setup.ts'
import type { Core } from './state.ts'
import { adopt as adoptPositions, traded as booked, type Traded } from './trades.ts'
import { contradicting, deviation, note } from './venues.ts'
import { worth } from './worth.ts'

/** What an event makes us do at once. A part of the core's effects. */
export type Consequence =
  | { readonly kind: 'settle'; readonly claim: Claim }
  | {
      readonly kind: 'settled'
      readonly intent: IntentId
      readonly strategy: string
      readonly attribution: Attribution
      readonly fill: Fill
      /** What the protections count with it: durable together, so that a kill counts nothing twice. */
      readonly counted: Counted
    }
  | { readonly kind: 'alarm'; readonly code: string; readonly detail: string }
  /** Nothing is bid from here on, until an operator clears it. */
  | { readonly kind: 'halted'; readonly halt: Halt }
  /** A gap is over that something was said about. */
  | { readonly kind: 'gap-realised'; readonly record: GapRecord }
  /** For a strategy in another process: how its intent ended. */
  | { readonly kind: 'observed'; readonly seat: string; readonly quote: Quote; readonly outcome: Outcome }

/** Learns prices after a batch was news, and ends the gaps that nobody carried. */
export function priced(core: Core, engine: ChainId, at: Instant): Consequence[] {
  const market = marketAt(core.book, engine, at)
  if (market === undefined || market.prices.size === 0) return []
  core.book.lastPrices.set(engine, market.prices)
  valueClaims(core.ledger, (claim) => worthIn(core, market, claim))
  remember(core, market)
  learnPrices(core, market)
  learnDelays(core, at)
  return [...halted(apart(core, market)), ...overdue(core, market).map(judged)]
}

/** Whether publishers price collateral, or what instruments follow, too far apart. */
function apart({ watch, setup }: Core, { terms, batches, engine, at }: Market): Halt | undefined {
  const feeds = [...terms.collaterals.map(({ feed }) => feed), ...terms.instruments.map((one) => one.underlyingFeed)]
  return heard(watch, batches, { limits: setup.protections, engine, feeds: [...new Set(feeds)], at })
}

/** What the pools of a vault's chain paid at a block. Publishers whom the market contradicts for long are not bid on. */
export function traded(
  core: Core,
  at: Instant,
  { vault, number, prices }: { readonly vault: VaultId; readonly number: bigint; readonly prices: readonly Pooled[] },
): Consequence[] {
  const engine = core.setup.vaults.find(({ id }) => id === vault)?.engine
  const market = engine === undefined ? undefined : marketAt(core.book, engine, at)
  if (engine === undefined || market === undefined) return []
  const bound = core.setup.protections.market.bound
  const feeds = prices.flatMap(({ collateral, price }) => {
    const feed = market.terms.collaterals.find(({ id }) => id === collateral)?.feed
    const official = feed === undefined ? undefined : market.prices.get(feed)?.price
    if (feed === undefined || official === undefined) return []
    note(core.watch.venues, `${vault}:${collateral}`, { engine, feed, price, official, number, at, bound })
    return [feed]
  })
  return [...new Set(feeds)].flatMap((feed) => contradicted(core, { engine, feed }, at))
}

/** What one pool pays per whole token. */
type Pooled = { readonly collateral: CollateralId; readonly price: Price }

function contradicted(
  { watch, setup }: Core,
  feed: { readonly engine: ChainId; readonly feed: FeedId },
  at: Instant,
): Consequence[] {
  const key = feedKey(feed.engine, feed.feed)
  const pools = contradicting(watch.venues, feed, at)
  const [first] = pools
  if (first === undefined) {
    watch.contradicted.delete(key)
    return []
  }
  const share = `${(100 * deviation(first)).toFixed(2)} % from what publishers say`
  const detail = `${pools.length} of its pools trade feed ${feed.feed} of engine ${feed.engine} ${share}`
  if (setup.protections.market.act === 'halt') return halted(halt(watch, { reason: 'market-divergence', detail, at }))
  if (watch.contradicted.has(key)) return []
  watch.contradicted.add(key)
  return [{ kind: 'alarm', code: 'W_MARKET_DIVERGENCE', detail }]
}

const judged = (record: GapRecord): Consequence => ({ kind: 'gap-realised', record })

/** Rates and reserves of a provider. Without reserves its route is no route: what we win comes home by state proof. */
export function offered(
  core: Core,
  at: Instant,
  { provider, from }: { readonly provider: ProviderStatus; readonly from: Address },
): Consequence[] {
  const key = from.toLowerCase()
  const before = core.book.providers.get(key)?.status
  core.book.providers.set(key, { status: provider, agent: from, at })
  if (isLending(provider) || before === undefined || !isLending(before)) return []
  const detail = `${from} has nothing left to pay with: claims come home by state proof until it has`
  return [{ kind: 'alarm', code: 'W_PROVIDER_EXHAUSTED', detail }]
}

const isLending = ({ reserves, rates }: ProviderStatus): boolean => reserves > 0n && rates.length > 0

/** What a node, a proof or a peer says of an account; of our own, what we hold. */
export function told(core: Core, { account, source }: Fact): void {
  adoptPositions(core, account)
  learn(core.book, { account, source })
}

/** A trade of ours ended; its gas is nobody's settlement. */
export function tradeEnded(core: Core, at: Instant, order: TradeOrder, outcome: TradeOutcome): readonly Traded[] {
  if (outcome.gasCost > 0n) burnt(core, order.engine, wad(outcome.gasCost), 'root')
  return booked(core, at, order, outcome)
}

/** Cash as the chain says. More of it than when it ran out: it may run out again. */
export function counted(core: Core, engine: ChainId, cash: Wad): void {
  count(core.ledger, engine, cash)
  if (cash > (core.exhausted.get(engine) ?? cash)) core.exhausted.delete(engine)
}

/** A rival bid on an account: what we know of it is out of date. Our own bids tell us themselves. */
export function rivalled(
  core: Core,
  at: Instant,
  { engine, bidder, account }: { engine: ChainId; bidder: Address; account: AccountId },
): void {
  if (core.self.has(bidder.toLowerCase())) return
  const held = core.book.accounts.get(accountKey(engine, account))
  saw(core.book, engine, { bidder, at, discount: held && discountOf(core.book, held.account, at) })
  if (held !== undefined) retire(core.book, held.account, held.account.anchor.number, after(at, RETRY_AFTER))
}

/** An intent ended: its reservation is given back, and what it taught is kept. */
export function ended(core: Core, at: Instant, intent: Intent, outcome: Outcome): Consequence[] {
  const since = core.ledger.reserved.get(intent.id)?.since ?? at
  const known = release(core.ledger, intent.id)
  const unknown: Consequence[] = known
    ? []
    : [{ kind: 'alarm', code: 'W_OUTCOME_UNKNOWN', detail: `no reservation for intent ${intent.id}` }]
  if (outcome.kind !== 'won') uncommit(core, intent.id)
  const over = outcome.kind === 'won' ? won(core, since, intent, outcome.fill) : []
  return [...unknown, ...tell(core, intent, outcome), ...conclude(core, at, intent, outcome), ...over]
}

function conclude(core: Core, at: Instant, intent: Intent, outcome: Outcome): Consequence[] {
  const { account } = intent.quote.candidate
  const soon = after(at, RETRY_AFTER)
  switch (outcome.kind) {
    case 'won':
      learnRace(core.beliefs.races, intent.quote.outlay, { won: true, gas: wad(0n) })
      retire(core.book, account, outcome.fill.anchor.number, undefined)
      return []
    case 'lost': {
      const gas = gasInDollars(core, account.engine, outcome.gasCost)
      learnRace(core.beliefs.races, intent.quote.outlay, { won: false, gas })
      retire(core.book, account, outcome.anchor?.number ?? account.anchor.number, soon)
      return lost(core, at, gas)
    }
    case 'declined':
      if (intent.quote.route.provider !== undefined)
        core.book.providers.delete(intent.quote.route.provider.toLowerCase())
      else retire(core.book, account, account.anchor.number, soon)
      return []
    case 'expired':
      retire(core.book, account, account.anchor.number, soon)
      return []
  }
}

/** `at`: since when its claims are on their way. */
function won(core: Core, at: Instant, intent: Intent, fill: Fill): Consequence[] {
  const { engine } = intent.quote.candidate.account
  const listed = core.book.terms.get(engine)?.collaterals ?? []
  const asset = ({ collateral }: Fill['legs'][number]) => listed.find(({ id }) => id === collateral)?.asset
  const gas = gasInDollars(core, engine, fill.gasCost)
  const { claims, settled } = openSettlement(core.ledger, { intent, fill, at, gas, asset })
  const opened = claims.map((claim): Consequence => ({ kind: 'settle', claim }))
  return [...opened, ...(settled ? settlement(core, at, settled) : [])]
}

function lost(core: Core, at: Instant, gas: Wad): Consequence[] {
  core.ledger.lostRaceGas += gas
  return halted(failed(core.watch, gas, { limits: core.setup.protections, at }))
}

/** Only the strategy whose intent it was. Its mistakes end nobody's settlement. */
function tell(core: Core, intent: Intent, outcome: Outcome): Consequence[] {
  try {
    const seat = core.setup.seats.find(({ name }) => name === intent.strategy)
    if (seat?.decide === 'apart') return [{ kind: 'observed', seat: seat.name, quote: intent.quote, outcome }]
    seat?.observe(intent.quote, outcome)
    return []
  } catch (error) {
    const detail = `${intent.strategy} failed on an outcome: ${error instanceof Error ? error.message : String(error)}`
    return [{ kind: 'alarm', code: 'W_STRATEGY_ERROR', detail }]
  }
}

/** A claim of ours that the chain shows: settled like any other, whether or not this run made the bid. */
export function opened(core: Core, at: Instant, claim: Claim, paid?: Wad): Consequence[] {
  const vault = core.setup.vaults.find(({ id }) => id === claim.vault)
  const market = vault && marketAt(core.book, vault.engine, at)
  return adopt(core.ledger, claim, market && worthIn(core, market, claim), paid) ? [{ kind: 'settle', claim }] : []
}

/** What a claim on this market's engine is worth; undefined while a price is missing. */
function worthIn({ setup }: Core, market: Market, claim: Claim): Wad | undefined {
  const here = setup.vaults.some(({ id, engine }) => id === claim.vault && engine === market.engine)
  const found = here ? worth(market, claim) : undefined
  return found === undefined ? undefined : wad(found)
}

/** A bid of an earlier run whose fate this one must learn: counted from here on as if it were our own. */
export function takenUp(core: Core, intent: Intent, since: Instant): void {
  if (carries(core.ledger, intent.id)) return
  reserve(core.ledger, { intent, amount: cashNeeded(intent.quote, core.setup.risk.payTolerance), since })
}

/** Claims that are paid, and for which no book says what they brought. */
export const gone = (core: Core, intents: readonly IntentId[]): Consequence[] =>
  letGo(core.ledger, intents).map((intent) => ({
    kind: 'alarm',
    code: 'W_SALE_UNKNOWN',
    detail: `the claims of intent ${intent} were paid, and no book says what they brought`,
  }))

/** A sale came home: shared among its claims by what each was worth when sold. */
export function sold(core: Core, at: Instant, claims: readonly Claim[], sale: Sale): Consequence[] {
  const unknown = claims.filter((claim) => !expects(core.ledger, claim))
  const weights = claims.map((claim) => saleWeight(core, at, claim))
  const engine = core.setup.vaults.find(({ id }) => id === claims[0]?.vault)?.engine
  const gas = engine === undefined ? wad(0n) : gasInDollars(core, engine, sale.gasCost)
  learnArrivals(core, claims, sale, (claim) => committedAt(core, claim))
  const over = lived(core, claims, sale).map(judged)
  const found = foundIn(core.ledger, { claims, weights, sale, gas })
  const settled = bookSale(core.ledger, { claims, weights, sale, gas })
  const stops = found.flatMap((one) => halted(weighed(core, at, one)))
  const alarms = unknown.map(
    ({ intent }): Consequence => ({
      kind: 'alarm',
      code: 'W_CLAIM_UNKNOWN',
      detail: `sold a claim of intent ${intent} that no book held`,
    }),
  )
  return [...alarms, ...over, ...stops, ...settled.flatMap((one) => settlement(core, at, one))]
}

/** Gas of the way home: claims charge their next sale, the rest is overhead. `cost` is in the chain's native coin. */
export function burnt(core: Core, chain: ChainId, cost: Wad, purpose: 'claim' | 'credit' | 'root'): void {
  const engine = core.book.terms.keys().next().value
  const dollars = engine === undefined ? wad(0n) : gasInDollars(core, engine, cost)
  if (purpose === 'claim') core.ledger.claimGas.set(chain, (core.ledger.claimGas.get(chain) ?? 0n) + dollars)
  else core.ledger.overhead += dollars
}

/** Native coin at the last price heard. Both chains' native coin is the one of `nativeFeed`. */
function gasInDollars({ book, setup }: Core, engine: ChainId, gas: bigint): Wad {
  const native = book.lastPrices.get(engine)?.get(setup.gas.nativeFeed)
  return wad(native === undefined ? 0n : mulDivUp(gas, native.price, 10n ** 8n))
}

function saleWeight(core: Core, at: Instant, claim: Claim): bigint {
  const engine = core.setup.vaults.find(({ id }) => id === claim.vault)?.engine
  const market = engine === undefined ? undefined : marketAt(core.book, engine, at)
  return (market && worth(market, claim)) ?? openClaim(core.ledger, claim)?.value ?? 0n
}

function settlement(core: Core, at: Instant, { intent, strategy, attribution, fill }: Settled): Consequence[] {
  const stop = weighed(core, at, attribution)
  return [{ kind: 'settled', intent, strategy, attribution, fill, counted: core.watch.counted }, ...halted(stop)]
}

/** What one more result means for the protections. */
const weighed = ({ ledger, setup, watch }: Core, at: Instant, result: Pick<Attribution, 'total' | 'gap'>) =>
  closed(watch, result, { limits: setup.protections, capital: wealth(ledger), at })

/** Says that bidding stopped, if it did. */
export const halted = (why: Halt | undefined): Consequence[] =>
  why === undefined ? [] : [{ kind: 'halted', halt: why }]
