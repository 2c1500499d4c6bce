// Turns the core's effects into acts, and acts into inputs. Effects are performed in order; acts run side by side.
import type { Address } from 'viem'
import type { Question } from '../core/apart.ts'
import type { Effect } from '../core/core.ts'
import { LienmeshError } from '../domain/errors.ts'
import type { Intent, Outcome, Quote } from '../domain/liquidation.ts'
import type { Offer, OfferRequest } from '../domain/message.ts'
import type { TradeOrder, TradeOutcome } from '../domain/trade.ts'
import { type Bps, type Instant, millis } from '../domain/units.ts'
import { max, mulDivDown, mulDivUp } from '../maths/fixed-point.ts'
import { BPS } from '../maths/margin.ts'
import type { Caution } from '../maths/trust/caution.ts'
import type { Admitted } from '../ports/journal.ts'
import { halted } from './command-post.ts'
import type { Context, EngineSeat } from './context.ts'
import { factOf } from './counts.ts'
import type { Drawer } from './drawer.ts'
import type { Holder } from './holder.ts'
import type { Opener } from './opener.ts'
import type { Desk } from './settle.ts'
import type { StrategyBooks } from './strategy-books.ts'
import type { Tally } from './tally.ts'
import { tellLater } from './tell-claim.ts'
import { refresh } from './watch-engine.ts'

export type Performer = {
  readonly desk: Desk
  /** Calls the core again at a later time. */
  readonly wake: (at: number) => void
  readonly tally: Tally
  readonly opener: Opener
  readonly drawer: Drawer
  readonly caution: Caution
  readonly holders: readonly Holder[]
  readonly books: StrategyBooks
}

const ASK_TIMEOUT = millis(1_500)

/** Performs one effect. */
export function perform(context: Context, performer: Performer, effect: Effect): void {
  switch (effect.kind) {
    case 'submit':
      context.journal.admitted(lasting(effect.intent, context.clock.now()))
      return context.tasks.own('submit', submit(context, performer, effect.intent))
    case 'decided':
      context.journal.decision(effect.decision)
      return context.emit('decision', { ...effect.decision })
    case 'found': {
      const { account, source, margin, batches } = effect.candidate
      const via = source === 'own' ? 'own node' : "a peer's proven state"
      const valueAsOf = batches.length > 0 ? Math.min(...batches.map(({ sequence }) => sequence)) : undefined
      const { id, mode } = account
      return context.emit('candidate:found', { account: id, mode, source, via, valueAsOf, ...margin })
    }
    case 'settle':
      tellLater(context, { kind: 'opened', claim: effect.claim, block: effect.claim.openedIn.number })
      return performer.desk.open(effect.claim)
    case 'settled': {
      const { intent, strategy, attribution, counted } = effect
      performer.tally.closed(attribution)
      const facts = { ...performer.books.closed(strategy, attribution), ...factOf(counted) }
      context.tasks.keep('book settlement', async () => context.journal.paid(intent, facts))
      return context.emit('settlement:closed', { intent, strategy, attribution })
    }
    case 'alarm':
      return context.emit('alarm', { code: effect.code, detail: effect.detail })
    case 'halted':
      return halted(context, effect.halt)
    case 'wake':
      return performer.wake(effect.at)
    case 'open-auction':
      return performer.opener.open(effect.candidate)
    case 'trade':
      return context.tasks.own('trade', trade(context, effect.order))
    case 'trade-refused':
      return context.emit('trade:refused', { ...effect.refused })
    case 'position-closed':
      context.tasks.keep('book position', async () => performer.books.hedged(effect.closed))
      return context.emit('trade:closed', { ...effect.closed })
    case 'ask':
      return ask(context, performer, effect)
    case 'observed':
      return holderOf(performer, effect.seat)?.observe(effect)
    case 'draw-scenarios':
      return performer.drawer.draw(effect.spec)
    case 'gap-realised':
      context.journal.gap(effect.record)
      performer.caution.heard(effect.record)
      return context.emit('gap:realised', { ...effect.record })
  }
}

/** A bid without the prices that only its transaction carries. */
const lasting = (intent: Intent, at: Instant): Admitted => {
  const candidate = { ...intent.quote.candidate, batches: [] }
  return { intent: { ...intent, quote: { ...intent.quote, candidate } }, at }
}

const holderOf = ({ holders }: Performer, name: string): Holder | undefined =>
  holders.find(({ seat }) => seat.name === name)

/** Shows a view to a strategy elsewhere; what it says is an input like any other. */
function ask(context: Context, performer: Performer, question: Question): void {
  const holder = holderOf(performer, question.seat)
  if (holder === undefined) return
  context.tasks.own(
    'ask',
    holder.ask(question).then((reply) => context.tell({ kind: 'reply', ...reply })),
  )
}

/** Our own account is read before the core hears of the end: it knows then what it holds. */
async function trade(context: Context, order: TradeOrder): Promise<void> {
  const seat = context.engines.get(order.engine)
  if (seat === undefined) throw new Error(`no seat at engine ${order.engine}`)
  const unable = context.paper ? undefined : context.signer.unable()
  const outcome: TradeOutcome =
    unable === undefined
      ? await seat.chain.trade(order, context.signal).catch(unsent)
      : { kind: 'refused', reason: unable, gasCost: 0n }
  if (outcome.kind === 'done') {
    const { strategy, instrument, size, reason } = order
    context.emit('trade:done', { strategy, instrument, size, reason, ...outcome })
    await refresh(context, seat, [seat.executor], await seat.chain.latest())
  }
  context.tell({ kind: 'trade-ended', order, outcome })
}

/** No node, no disk, no gas: nothing was sent, and the strategy may wish again. */
function unsent(error: unknown): TradeOutcome {
  if (error instanceof LienmeshError && error.remedy === 'retry')
    return { kind: 'refused', reason: error.code, gasCost: 0n }
  throw error
}

async function submit(context: Context, performer: Performer, intent: Intent): Promise<void> {
  const { account } = intent.quote.candidate
  const seat = context.engines.get(account.engine)
  if (seat === undefined) throw new Error(`no seat at engine ${account.engine}`)
  const outcome = await act(context, seat, intent)
  report(context, performer, { intent, outcome })
  context.tell({ kind: 'outcome', intent, outcome })
  await refresh(context, seat, [account.id], await seat.chain.latest())
}

/** A firm offer first where a provider pays, then the bid. */
async function act(context: Context, seat: EngineSeat, intent: Intent): Promise<Outcome> {
  const { quote } = intent
  const doubtful = [...context.engines.values(), ...context.vaults.values()].find(({ chain }) => !chain.committable())
  if (doubtful !== undefined)
    return { kind: 'declined', reason: `no quorum of providers on chain ${doubtful.chain.id}` }
  const unable = context.paper ? undefined : context.signer.unable()
  if (unable !== undefined) return { kind: 'declined', reason: unable }
  context.emit('bid:submitted', { intent: intent.id, account: quote.candidate.account.id, route: quote.route.id })
  // On paper a provider is taken at its indicated rate: a firm offer would bind capital of its own.
  if (context.paper || quote.route.settlement !== 'liquidity-service')
    return seat.chain.bid(intent, undefined, context.signal)
  const provider = quote.route.provider
  if (provider === undefined) return { kind: 'declined', reason: 'route names no provider' }
  const answer = await firmOffer(context, provider, {
    engine: seat.chain.id,
    bidder: seat.executor,
    account: quote.candidate.account.id,
    value: quote.collateralValue,
    collaterals: quote.legs.map((leg) => leg.collateral),
  })
  context.tell({
    kind: 'promise',
    provider,
    short: typeof answer === 'string' ? undefined : behind(quote, answer.rate),
  })
  if (typeof answer === 'string') return { kind: 'declined', reason: answer }
  if (!stands(quote, answer.rate))
    return { kind: 'declined', reason: `offer at ${answer.rate} bps leaves no gain on the quoted rate` }
  return seat.chain.bid(intent, answer, context.signal)
}

async function firmOffer(context: Context, provider: Address, request: OfferRequest): Promise<Offer | string> {
  try {
    const answer = await context.gossip.ask(provider, request, ASK_TIMEOUT)
    return answer.kind === 'offer' ? answer.offer : answer.reason
  } catch (error) {
    return `provider did not answer: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** How far a firm rate fell behind what was quoted, in bps of the value. */
function behind({ collateralValue, providerFee }: Quote, rate: Bps): number {
  const indicated = collateralValue === 0n ? 0n : (providerFee * BPS) / collateralValue
  return Number(BPS - BigInt(rate) - indicated)
}

/** A firm offer may fall behind the indicated rate by what the quote gains, and no further. */
function stands({ collateralValue, providerFee, net }: Quote, rate: Bps): boolean {
  const fee = mulDivUp(collateralValue, BPS - BigInt(rate), BPS)
  return fee - providerFee < max(net, mulDivDown(collateralValue, TOLERANCE, BPS))
}

/** How far, in bps, the firm rate may fall behind whatever the quote gains. */
const TOLERANCE = 25n

function report(
  context: Context,
  { tally }: Performer,
  { intent, outcome }: { readonly intent: Intent; readonly outcome: Outcome },
): void {
  const { quote } = intent
  const common = {
    intent: intent.id,
    account: quote.candidate.account.id,
    route: quote.route.id,
    strategy: intent.strategy,
  }
  switch (outcome.kind) {
    case 'won': {
      const { fill } = outcome
      tally.won(quote, fill)
      const priced = {
        gapPremium: quote.gap.premium,
        gapExpected: quote.gap.expected,
        gapShortfall: quote.gap.shortfall,
      }
      return context.emit('bid:won', {
        ...common,
        ...priced,
        ...fill,
        since: quote.candidate.since,
        settlement: quote.route.settlement,
        block: fill.anchor.number,
      })
    }
    case 'lost':
      tally.lost(outcome.gasCost)
      return context.emit('bid:lost', {
        ...common,
        reason: outcome.reason,
        gasCost: outcome.gasCost,
        block: outcome.anchor?.number,
      })
    case 'declined':
    case 'expired':
      tally.declined()
      return context.emit('bid:declined', { ...common, outcome: outcome.kind, reason: outcome.reason })
  }
}
