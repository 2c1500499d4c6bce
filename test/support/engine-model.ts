// The margin engine once more, in a hundred lines over the agent's own maths: what a call must do to every account.
import type { EngineTerms, Margin, MarginAccount, Mode, Position, Prices } from '../../agent/domain/market.ts'
import { type Bps, bps, type InstrumentId, wad } from '../../agent/domain/units.ts'
import { max, min } from '../../agent/maths/fixed-point.ts'
import {
  discount,
  fundingUp,
  insolventRewardDown,
  isBelowMaintenance,
  lowerEdgeDown,
  margin,
  maxFractionUp,
  payUp,
  positionValue,
  share,
  shareDown,
  tradeFeeUp,
  upperEdgeUp,
} from '../../agent/maths/margin.ts'

/** An account of the model: what the chain keeps of it. */
export type Held = {
  readonly mode: Mode
  readonly cash: bigint
  readonly version: bigint
  /** The chain's time, in seconds, of the newest version. */
  readonly updatedAt: bigint
  readonly positions: ReadonlyMap<InstrumentId, { readonly size: bigint; readonly entry: bigint }>
  readonly credit: ReadonlyMap<number, bigint>
  readonly startedAt: bigint | undefined
}

/** All of it. `owed` is what each may claim, by collateral. */
export type Books = {
  readonly accounts: ReadonlyMap<string, Held>
  readonly pool: bigint
  readonly insurance: bigint
  readonly owed: ReadonlyMap<number, ReadonlyMap<string, bigint>>
}

/** What the world is at a step. Terms carry the funding indices. */
export type Moment = { readonly terms: EngineTerms; readonly prices: Prices; readonly now: bigint }

export const held = (books: Books, who: string): Held => {
  const found = books.accounts.get(who)
  if (found === undefined) throw new Error(`no account ${who}`)
  return found
}

/** The margin of an account, as the agent computes it. */
export function marginOf(account: Held, { terms, prices }: Moment): Margin {
  const found = margin(asAgentSees(account), terms, prices)
  if (found === undefined) throw new Error('a price is missing')
  return found
}

/** A trade against the pool, or undefined where the engine refuses it. */
export function trade(books: Books, who: string, order: Order, moment: Moment): Books | undefined {
  const account = held(books, who)
  if (account.mode === 'isolated' && [...account.positions.keys()].some((id) => id !== order.instrument))
    return undefined
  const before = marginOf(account, moment).initial
  const after = fill(books, who, order, moment)
  const found = marginOf(held(after, who), moment)
  if (found.initial <= before) return isBelowMaintenance(found) ? undefined : touched(after, who, moment)
  return found.equity < found.initial || degraded(held(after, who), moment) ? undefined : touched(after, who, moment)
}

export type Order = { readonly instrument: InstrumentId; readonly size: bigint }

/** Every position closed. */
export function closeAll(books: Books, who: string, moment: Moment): Books {
  const positions = [...held(books, who).positions].sort(([a], [b]) => a - b)
  if (positions.length === 0) return books
  const orders = positions.map(([instrument, { size }]) => ({ instrument, size: -size }))
  return touched(
    orders.reduce((state, order) => fill(state, who, order, moment), books),
    who,
    moment,
  )
}

/** Cash that is not owed leaves; undefined where the engine refuses. */
export function withdrawCash(books: Books, who: string, amount: bigint, moment: Moment): Books | undefined {
  const after = addCash(books, who, -amount)
  if (marginOf({ ...held(after, who), credit: new Map() }, moment).netValue < 0n) return undefined
  return isFunded(held(after, who), moment) ? touched(after, who, moment) : undefined
}

/** Credit leaves to whom its owner says; undefined where mirror or engine refuses. */
export function withdrawCollateral(books: Books, who: string, part: Part, moment: Moment): Books | undefined {
  if ((held(books, who).credit.get(part.collateral) ?? 0n) < part.amount) return undefined
  const after = allocate(touched(books, who, moment), who, who, part)
  return isFunded(held(after, who), moment) ? after : undefined
}

function isFunded(account: Held, moment: Moment): boolean {
  const { equity, initial } = marginOf(account, moment)
  return equity >= initial && !degraded(account, moment)
}

/** The largest slice goes to the bidder; undefined where the auction or the engine refuses. */
export function bid(books: Books, who: string, bidder: string, moment: Moment): Books | undefined {
  const { terms, now } = moment
  const account = held(books, who)
  const found = marginOf(account, moment)
  if (account.startedAt === undefined || !isBelowMaintenance(found)) return undefined
  const elapsed = now - account.startedAt
  const rate = discount(terms.auction, elapsed)
  const fraction = maxFractionUp(found, rate, terms.auction)
  if (fraction === 0) return undefined
  const insolvent = found.mark <= 0n
  const reward = insolventRewardDown(found, elapsed, BigInt(terms.auction.insolventSeconds))
  const pay = insolvent ? -reward : payUp(fraction, found.mark, rate)
  const moved = slice(books, who, bidder, { fraction, pay, moment })
  const theirs = marginOf({ ...held(moved, bidder), credit: new Map() }, moment)
  if (theirs.netValue < theirs.initial) return undefined
  const left = held(moved, who)
  const healed = !isBelowMaintenance(marginOf(left, moment))
  return healed ? put(moved, who, { ...left, startedAt: undefined }) : moved
}

/** The largest slice of now. */
export const largest = (account: Held, moment: Moment): Bps => {
  const found = marginOf(account, moment)
  if (!isBelowMaintenance(found) || account.startedAt === undefined) return bps(0)
  return maxFractionUp(found, discount(moment.terms.auction, moment.now - account.startedAt), moment.terms.auction)
}

type Slice = { readonly fraction: Bps; readonly pay: bigint; readonly moment: Moment }

function slice(books: Books, who: string, bidder: string, { fraction, pay, moment }: Slice): Books {
  const account = held(books, who)
  const funding = [...account.positions].reduce((sum, [id, one]) => sum + unpaid(id, one, moment), 0n)
  const cash = share(account.cash - funding, fraction)
  let after = addCash(addCash(books, who, max(pay, 0n) - cash), bidder, cash - pay)
  if (pay < 0n) after = cover(after, -pay)
  for (const [id, { size }] of [...account.positions].sort(([a], [b]) => a - b)) {
    const part = share(size, fraction)
    if (part === 0n) continue
    after = addSize(after, who, { instrument: id, size: -part }, moment)
    after = addSize(after, bidder, { instrument: id, size: part }, moment)
  }
  after = touched(touched(after, who, moment), bidder, moment)
  if (account.mode === 'cross') return after
  for (const [id, amount] of account.credit)
    after = allocate(after, who, bidder, { collateral: id, amount: shareDown(amount, fraction) })
  return after
}

type Part = { readonly collateral: number; readonly amount: bigint }

function allocate(books: Books, who: string, to: string, { collateral, amount }: Part): Books {
  const account = held(books, who)
  const credit = new Map(account.credit).set(collateral, (account.credit.get(collateral) ?? 0n) - amount)
  const mine = books.owed.get(collateral) ?? new Map<string, bigint>()
  const owed = new Map(books.owed).set(collateral, new Map(mine).set(to, (mine.get(to) ?? 0n) + amount))
  return { ...put(books, who, { ...account, credit }), owed }
}

function cover(books: Books, amount: bigint): Books {
  const covered = min(amount, max(books.insurance, 0n))
  return { ...books, insurance: books.insurance - covered, pool: books.pool - (amount - covered) }
}

function fill(books: Books, who: string, order: Order, moment: Moment): Books {
  const listed = moment.terms.instruments.find(({ id }) => id === order.instrument)
  const mark = listed && moment.prices.get(listed.markFeed)
  if (mark === undefined) throw new Error('a price is missing')
  const edge = order.size > 0n ? upperEdgeUp(mark.price, mark.confidence) : lowerEdgeDown(mark.price, mark.confidence)
  const value = positionValue(order.size, mark.degraded === true ? edge : mark.price)
  const fee = tradeFeeUp(value, moment.terms.tradeFee)
  const sized = addSize(books, who, order, moment)
  const paid = addCash(sized, who, -value - fee)
  return { ...paid, pool: paid.pool + value, insurance: paid.insurance + fee }
}

function addSize(books: Books, who: string, { instrument, size }: Order, moment: Moment): Books {
  const before = held(books, who).positions.get(instrument) ?? { size: 0n, entry: 0n }
  const owed = unpaid(instrument, before, moment)
  const paid = { ...addCash(books, who, -owed), pool: books.pool + owed }
  const positions = new Map(held(paid, who).positions)
  const left = before.size + size
  if (left === 0n) positions.delete(instrument)
  else positions.set(instrument, { size: left, entry: indexOf(instrument, moment) })
  return put(paid, who, { ...held(paid, who), positions })
}

const unpaid = (id: InstrumentId, { size, entry }: { size: bigint; entry: bigint }, moment: Moment): bigint =>
  size === 0n ? 0n : fundingUp(size, indexOf(id, moment) - entry)

const indexOf = (instrument: InstrumentId, { terms }: Moment): bigint =>
  terms.instruments.find(({ id }) => id === instrument)?.fundingIndex ?? 0n

const degraded = (account: Held, moment: Moment): boolean =>
  feedsOf(account, moment).some((feed) => moment.prices.get(feed)?.degraded === true)

const feedsOf = ({ positions, credit, mode }: Held, { terms }: Moment): readonly number[] => [
  ...terms.instruments.filter(({ id }) => positions.has(id)).flatMap((one) => [one.markFeed, one.underlyingFeed]),
  ...terms.collaterals.filter(({ id }) => mode !== 'cross' && (credit.get(id) ?? 0n) > 0n).map(({ feed }) => feed),
]

/** Cash that came or went. */
export const addCash = (books: Books, who: string, change: bigint): Books =>
  put(books, who, { ...held(books, who), cash: held(books, who).cash + change })

const touched = (books: Books, who: string, { now }: Moment): Books =>
  put(books, who, { ...held(books, who), version: held(books, who).version + 1n, updatedAt: now })

/** One account replaced. */
export const put = (books: Books, who: string, account: Held): Books => ({
  ...books,
  accounts: new Map(books.accounts).set(who, account),
})

function asAgentSees({ mode, cash, version, positions, credit }: Held): MarginAccount {
  const list: Position[] = [...positions].map(([instrument, { size, entry }]) => ({
    instrument,
    size: wad(size),
    entryFunding: entry,
  }))
  return {
    engine: 0 as MarginAccount['engine'],
    id: '0x',
    owner: '0x',
    version,
    mode,
    cash: wad(cash),
    positions: list,
    credit: [...credit].map(([collateral, amount]) => ({ collateral, amount })),
    auctionStartedAt: undefined,
    anchor: { chain: 0 as MarginAccount['engine'], number: 0n, hash: '0x' },
  }
}
