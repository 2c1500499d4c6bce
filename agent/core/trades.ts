// Positions of our own: strategies wish, this file holds them to what is on its way. Nothing here may speculate: a position
// lies between nothing and short of what is carried, and its margin comes out of free cash.
import type { MarginAccount } from '../domain/market.ts'
import type { ClosedPosition, TradeOrder, TradeOutcome, TradeRefusal } from '../domain/trade.ts'
import { after, type ChainId, type Instant, type InstrumentId, millis, price, type Wad, wad } from '../domain/units.ts'
import { abs, max, mulDivDown, mulDivUp } from '../maths/fixed-point.ts'
import { margin } from '../maths/margin.ts'
import type { Tradable, Trade, View } from '../strategy.ts'
import type { Market } from './book.ts'
import { count, free, stand } from './ledger.ts'
import { type Instead, keyOf } from './positions.ts'
import { stopped } from './protect.ts'
import type { Seat } from './setup.ts'
import type { Core } from './state.ts'

/** What trading says. A part of the core's effects. */
export type Traded =
  | { readonly kind: 'trade'; readonly order: TradeOrder }
  | { readonly kind: 'trade-refused'; readonly refused: Refused }
  | { readonly kind: 'position-closed'; readonly closed: ClosedPosition }

/** Why a wish was not sent, or did not go through. Said when it changes. */
export type Refused = {
  readonly strategy: string
  readonly engine: ChainId
  readonly instrument: InstrumentId
  readonly reason: TradeRefusal | 'refused'
  readonly detail: string
}

/** Above what is carried a hedge may stand by so much, in percent: prices move between two looks. */
const HEADROOM = 105n
/** How far, in bps, a price may move before an order is void. */
const SLIPPAGE = 100n
/** Wall time after which what a chain refused is tried again. */
const REST = millis(30_000)

/** Size held of an instrument; below zero, we are short. */
export const heldOf = ({ trades }: Core, engine: ChainId, instrument: InstrumentId): Wad =>
  wad(trades.positions.get(keyOf(engine, instrument))?.size ?? 0n)

/** Whether anybody might want to trade. */
export const mayTrade = ({ setup, trades, ledger }: Core): boolean =>
  setup.seats.some((seat) => seat.trade !== undefined) &&
  (ledger.settlements.size + ledger.orphans.size > 0 || trades.positions.size > 0)

/** Every strategy's wishes in turn, as orders or as reasons why not. */
export function trade(core: Core, market: Market, view: View): readonly Traded[] {
  return core.setup.seats.flatMap((seat) =>
    wishesOf(seat, view).flatMap((wish) => admit(core, market, { seat, view, wish })),
  )
}

/** A wish that could not be made counts as one that is refused. */
function wishesOf(seat: Seat, view: View): readonly (Trade | Error)[] {
  try {
    return seat.trade?.(view) ?? []
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))]
  }
}

type Wished = { readonly seat: Seat; readonly view: View; readonly wish: Trade | Error }

function admit(core: Core, market: Market, { seat, view, wish }: Wished): readonly Traded[] {
  if (wish instanceof Error)
    return refuse(core, market, seat, { instrument: -1, reason: 'strategy-error', detail: wish.message })
  const { instrument, size } = wish
  const say = (reason: TradeRefusal, detail: string): readonly Traded[] =>
    refuse(core, market, seat, { instrument, reason, detail })
  if (typeof size !== 'bigint' || size === 0n) return size === 0n ? [] : say('strategy-error', 'its size is no amount')
  const listed = view.instruments.find((one) => one.instrument === instrument)
  if (listed === undefined) return say('instrument-unknown', `no perpetual ${instrument} has a price`)
  const key = keyOf(market.engine, instrument)
  const position = core.trades.positions.get(key)
  if (core.trades.orders.has(key)) return []
  if ((core.trades.rest.get(key) ?? 0) > market.at)
    return say('refused-lately', 'the chain refused it; tried again later')
  if (position !== undefined && position.strategy !== seat.name) return say('taken', `${position.strategy} holds it`)
  const wrong = limitBroken(core, market, { listed, size, view })
  if (wrong !== undefined) return say(...wrong)
  if (core.setup.mode === 'shadow') return say('shadow', 'shadow mode sends nothing')
  const order = orderOf(core, market, { seat, listed, wish })
  core.trades.orders.set(key, order)
  core.trades.said.delete(`${seat.name} ${key}`)
  return [{ kind: 'trade', order }]
}

type Sized = { readonly listed: Tradable; readonly size: Wad; readonly view: View }

/** The limit that a trade would break. Whatever only takes a position back breaks none. */
function limitBroken(
  core: Core,
  market: Market,
  { listed, size, view }: Sized,
): readonly [TradeRefusal, string] | undefined {
  const next = listed.held + size
  const reduces = abs(next) < abs(listed.held) && (next === 0n || next > 0n === listed.held > 0n)
  if (reduces) return undefined
  const stop = stopped(core.watch)
  if (stop !== undefined) return ['halted', stop.detail]
  const carried = view.travelling.reduce((sum, one) => (one.feed === listed.feed ? sum + one.worth : sum), 0n)
  const short = mulDivUp(abs(next), listed.mark, 10n ** 8n)
  if (next > 0n || short > (carried * HEADROOM) / 100n)
    return [
      'beyond-exposure',
      `${dollars(short)} ${next > 0n ? 'long' : 'short'}, ${dollars(carried)} are on their way`,
    ]
  const [now, then] = [
    marginWith(core, market),
    marginWith(core, market, { instrument: listed.instrument, size: next }),
  ]
  if (now === undefined || then === undefined) return ['prices-missing', 'a price it needs is missing']
  const left = free(core.ledger, market.engine, core.setup.capital.reserve)
  return then - now > left
    ? ['capital', `its margin takes ${dollars(then - now)}, ${dollars(left)} are free`]
    : undefined
}

/** Says a refusal when it is not what was said last. */
function refuse(
  core: Core,
  { engine }: Market,
  { name }: Seat,
  why: Pick<Refused, 'instrument' | 'reason' | 'detail'>,
): readonly Traded[] {
  const key = `${name} ${keyOf(engine, why.instrument)}`
  if (core.trades.said.get(key) === why.reason) return []
  core.trades.said.set(key, why.reason)
  return [{ kind: 'trade-refused', refused: { strategy: name, engine, ...why } }]
}

type Ordered = { readonly seat: Seat; readonly listed: Tradable; readonly wish: Trade }

function orderOf(core: Core, { engine, at, batches }: Market, { seat, listed, wish }: Ordered): TradeOrder {
  const { instrument, mark } = listed
  const { size, reason } = wish
  const limit = size > 0n ? mulDivUp(mark, 10_000n + SLIPPAGE, 10_000n) : mulDivDown(mark, 10_000n - SLIPPAGE, 10_000n)
  const field = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0')
  const who = (core.setup.self[0] ?? '0x').slice(2).toLowerCase().padEnd(28, '0').slice(0, 28)
  const id =
    `0x${who}${field(engine, 4)}${field(instrument, 2)}${field(at, 8)}${field(core.trades.count++, 4)}` as const
  return { id, strategy: seat.name, engine, instrument, size, limit: price(limit), batches, reason }
}

/** Books an order that ended. */
export function traded(core: Core, at: Instant, order: TradeOrder, outcome: TradeOutcome): readonly Traded[] {
  const { engine, instrument, strategy, size } = order
  const key = keyOf(engine, instrument)
  core.trades.orders.delete(key)
  if (outcome.kind === 'refused') {
    core.trades.rest.set(key, after(at, REST))
    core.trades.said.set(`${strategy} ${key}`, 'refused-lately')
    const refused = { strategy, engine, instrument, reason: 'refused', detail: outcome.reason } as const
    return [{ kind: 'trade-refused', refused }]
  }
  const { cashChange, fees } = outcome
  count(core.ledger, engine, wad((core.ledger.cash.get(engine) ?? 0n) + cashChange))
  const before = core.trades.positions.get(key) ?? { strategy, size: 0n, cash: 0n, fees: 0n }
  const held = { ...before, size: before.size + size, cash: before.cash + cashChange, fees: before.fees + fees }
  if (held.size !== 0n) {
    core.trades.positions.set(key, held)
    return []
  }
  core.trades.positions.delete(key)
  return [
    { kind: 'position-closed', closed: { strategy, engine, instrument, pnl: wad(held.cash), fees: wad(held.fees) } },
  ]
}

/** What the chain says that we hold: after a start, and when somebody else traded with our account. */
export function adopt(core: Core, { engine, id, positions }: MarginAccount): void {
  if (!core.self.has(id.toLowerCase())) return
  const trader = core.setup.seats.find((seat) => seat.trade !== undefined)?.name ?? 'nobody'
  const instruments = core.book.terms.get(engine)?.instruments ?? []
  for (const { id: instrument, kind } of instruments) {
    const key = keyOf(engine, instrument)
    if (kind !== 'perpetual' || core.trades.orders.has(key)) continue
    const size = positions.find((one) => one.instrument === instrument)?.size ?? 0n
    const known = core.trades.positions.get(key)
    if ((known?.size ?? 0n) === size) continue
    if (size === 0n) core.trades.positions.delete(key)
    // What it cost is not known: from here on it counts from its present worth.
    else
      core.trades.positions.set(key, {
        strategy: known?.strategy ?? trader,
        size,
        cash: -worthNow(core, engine, instrument, size),
        fees: 0n,
      })
  }
}

function worthNow({ book }: Core, engine: ChainId, instrument: InstrumentId, size: bigint): bigint {
  const feed = book.terms.get(engine)?.instruments.find(({ id }) => id === instrument)?.markFeed
  const mark = feed === undefined ? undefined : book.lastPrices.get(engine)?.get(feed)?.price
  return mark === undefined ? 0n : (size * mark) / 10n ** 8n
}

/** Tells the ledger what our positions are worth and take. Without prices, what it knew last stands. */
export function weigh(core: Core, market: Market): void {
  const found = accountWith(core, market)
  if (found.positions.length === 0) return stand(core.ledger, market.engine, undefined)
  const held = margin(found, market.terms, market.prices)
  if (held !== undefined) stand(core.ledger, market.engine, { value: held.netValue, margin: held.initial })
}

/** Cash that our positions would take with one of them at another size. */
function marginWith(core: Core, market: Market, instead?: Instead): bigint | undefined {
  return margin(accountWith(core, market, instead), market.terms, market.prices)?.initial
}

/** Our account as it would be without its cash. */
function accountWith({ trades, setup }: Core, { engine, terms }: Market, instead?: Instead): MarginAccount {
  const positions = terms.instruments.flatMap(({ id }) => {
    const size = instead?.instrument === id ? instead.size : (trades.positions.get(keyOf(engine, id))?.size ?? 0n)
    return size === 0n ? [] : [{ instrument: id, size: wad(size) }]
  })
  const self = setup.self[0] ?? '0x'
  const place = { engine, id: self, owner: self, version: 0n, mode: 'cross', cash: wad(0n), credit: [] } as const
  return { ...place, positions, auctionStartedAt: undefined, anchor: { chain: engine, number: 0n, hash: '0x' } }
}

const dollars = (amount: bigint): string => `$${max(0n, amount) / 10n ** 18n}`
