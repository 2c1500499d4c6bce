// A view as a frame: what a strategy may read of it. Signed batches stay here: whoever cannot send needs none. Money is
// read when it is asked for: most of it never is.
import type { Candidate, Leg, Quote } from '../../domain/liquidation.ts'
import type { MarginAccount } from '../../domain/market.ts'
import { bps, instant, price, type Wad, wad } from '../../domain/units.ts'
import { mulberry32 } from '../../maths/seeded.ts'
import type { Offered, Pool, Quoted, Tradable, Travelling, View } from '../../strategy.ts'
import type { Reader, Writer } from './words.ts'

/** Writes a view; `seed` stands for its chance. */
export function writeView(to: Writer, view: View, seed: number): void {
  to.number(seed)
  to.number(view.now)
  for (const amount of [view.free, view.inFlight, view.shortfall.carried, view.shortfall.limit]) to.big(amount)
  writeAll(to, view.travelling, ({ strategy, collateral, vault, amount, value, debt, openedAt, feed, worth }) => {
    to.told(strategy ?? '')
    to.told(vault)
    to.number(collateral)
    to.number(openedAt)
    to.number(feed)
    for (const one of [amount, value, debt, worth]) to.big(one)
  })
  writeAll(to, view.prices, (one) => {
    for (const n of [one.feed, one.confidence, one.observedAt]) to.number(n)
    to.big(one.price)
  })
  writeAll(to, view.instruments, ({ instrument, feed, fee, mark, held }) => {
    for (const n of [instrument, feed, fee]) to.number(n)
    to.big(mark)
    to.big(held)
  })
  writeAll(to, view.pools, ({ vault, feed, observedAt, price: paid, official }) => {
    to.told(vault)
    for (const n of [feed, observedAt]) to.number(n)
    to.big(paid)
    to.big(official)
  })
  writeAll(to, view.rivals, (one) => to.told(one))
  writeAll(to, view.candidates, (one) => writeOffered(to, one))
}

/** The same view on the other side. */
export function readView(from: Reader): View {
  const random = mulberry32(from.number())
  const now = instant(from.number())
  const at = from.skip(8)
  const money = (n: number): Wad => wad(from.bigAt(at + 2 * n))
  return {
    ...{ now, random, free: money(0), inFlight: money(1) },
    shortfall: { carried: money(2), limit: money(3) },
    travelling: readAll(from, () => readTravelling(from)),
    prices: readAll(from, () => readPrice(from)),
    instruments: readAll(from, () => readTradable(from)),
    pools: readAll(from, () => readPool(from)),
    rivals: readAll(from, () => from.told() as View['rivals'][number]),
    candidates: readAll(from, (i) => readOffered(from, i)),
  }
}

/** Where in its view a quote lies: `[candidate, quote]`. Copies have none, and are known by their names. */
export const PLACE = Symbol('place')

function readTravelling(from: Reader): Travelling {
  const [strategy, vault] = [String(from.told()), String(from.told())]
  const [collateral, openedAt, feed] = [from.number(), instant(from.number()), from.number()]
  const at = from.skip(8)
  const [amount, value, debt] = [from.bigAt(at), wad(from.bigAt(at + 2)), wad(from.bigAt(at + 4))]
  const worth = wad(from.bigAt(at + 6))
  return {
    strategy: strategy === '' ? undefined : strategy,
    vault,
    collateral,
    openedAt,
    amount,
    value,
    debt,
    feed,
    worth,
  }
}

function readPrice(from: Reader): Quoted {
  const [feed, confidence, observedAt] = [from.number(), bps(from.number()), instant(from.number())]
  return { feed, confidence, observedAt, price: price(from.bigAt(from.skip(2))) }
}

function readTradable(from: Reader): Tradable {
  const [instrument, feed, fee] = [from.number(), from.number(), bps(from.number())]
  const at = from.skip(4)
  return { instrument, feed, fee, mark: price(from.bigAt(at)), held: wad(from.bigAt(at + 2)) }
}

function readPool(from: Reader): Pool {
  const [vault, feed, observedAt] = [String(from.told()), from.number(), instant(from.number())]
  const at = from.skip(4)
  return { vault, feed, observedAt, price: price(from.bigAt(at)), official: price(from.bigAt(at + 2)) }
}

function writeOffered(to: Writer, { quotes, competitors, discountPerSecond, maxDiscount }: Offered): void {
  for (const n of [competitors, discountPerSecond, maxDiscount, quotes.length]) to.number(n)
  const [first] = quotes
  if (first === undefined) return
  const { id, account, margin, source, since } = first.candidate
  to.told(id)
  to.told(account)
  to.told(source)
  to.number(since)
  to.big(margin.equity)
  to.big(margin.netValue)
  to.big(margin.mark)
  to.big(margin.maintenance)
  to.big(margin.initial)
  for (const quote of quotes) writeQuote(to, quote)
}

function readOffered(from: Reader, nth: number): Offered {
  const [competitors, discountPerSecond, maxDiscount] = [from.number(), bps(from.number()), bps(from.number())]
  const length = from.number()
  const candidate = length > 0 ? readCandidate(from) : undefined
  const quotes = candidate === undefined ? [] : Array.from({ length }, (_, i) => readQuote(from, candidate, [nth, i]))
  return { quotes, competitors, discountPerSecond, maxDiscount }
}

const readCandidate = (from: Reader): Candidate =>
  lazily(CANDIDATE, { from, at: from.skip(14), candidate: undefined, place: undefined })

const CANDIDATE: Shape<Candidate> = {
  id: ({ from, at }) => String(from.toldAt(at)),
  account: ({ from, at }) => from.toldAt(at + 1) as MarginAccount,
  source: ({ from, at }) => from.toldAt(at + 2) as Candidate['source'],
  since: ({ from, at }) => instant(from.numberAt(at + 3)),
  batches: () => [],
  margin: (where) => {
    const [equity, netValue, mark] = [money(where, 4), money(where, 6), money(where, 8)]
    return { equity, netValue, mark, maintenance: money(where, 10), initial: money(where, 12) }
  },
}

function writeQuote(to: Writer, quote: Quote): void {
  const { route, fraction, discount, legs, gap } = quote
  to.named(route.id, route)
  to.number(fraction)
  to.number(discount)
  to.big(quote.pay)
  to.big(quote.outlay)
  to.big(quote.collateralValue)
  to.big(quote.bonus)
  to.big(quote.cost)
  to.big(quote.raceCost)
  to.big(quote.providerFee)
  to.big(gap.expected)
  to.big(gap.shortfall)
  to.big(gap.premium)
  to.big(quote.net)
  writeAll(to, legs, (leg) => {
    to.number(leg.collateral)
    to.told(leg.vault)
    to.big(leg.amount)
    to.big(leg.value)
  })
}

function readQuote(from: Reader, candidate: Candidate, place: Where['place']): Quote {
  const at = from.skip(26)
  from.skip(LEG_WORDS * from.numberAt(at + 25))
  return lazily(QUOTE, { from, at, candidate, place })
}

const LEG_WORDS = 6

const QUOTE: Shape<Quote> = {
  candidate: ({ candidate }) => candidate as Candidate,
  route: ({ from, at }) => from.toldAt(at) as Quote['route'],
  fraction: ({ from, at }) => bps(from.numberAt(at + 1)),
  discount: ({ from, at }) => bps(from.numberAt(at + 2)),
  pay: (where) => money(where, 3),
  outlay: (where) => money(where, 5),
  collateralValue: (where) => money(where, 7),
  bonus: (where) => money(where, 9),
  cost: (where) => money(where, 11),
  raceCost: (where) => money(where, 13),
  providerFee: (where) => money(where, 15),
  gap: (where) => ({ expected: money(where, 17), shortfall: money(where, 19), premium: money(where, 21) }),
  net: (where) => money(where, 23),
  legs: ({ from, at }) =>
    Array.from({ length: from.numberAt(at + 25) }, (_, i) => legAt(from, at + 26 + LEG_WORDS * i)),
}

const legAt = (from: Reader, at: number): Leg => ({
  collateral: from.numberAt(at),
  vault: String(from.toldAt(at + 1)),
  amount: from.bigAt(at + 2),
  value: wad(from.bigAt(at + 4)),
})

type Where = {
  readonly from: Reader
  readonly at: number
  readonly candidate: Candidate | undefined
  readonly place: readonly [candidate: number, quote: number] | undefined
}
type Shape<T> = { readonly [Key in keyof T]: (where: Where) => T[Key] }

const money = ({ from, at }: Where, offset: number): Wad => wad(from.bigAt(at + offset))

/** An object that reads its fields when they are asked for, copies like any other, and cannot be changed. */
const lazily = <T extends object>(shape: Shape<T>, where: Where): T =>
  new Proxy(where, handlerOf(shape)) as unknown as T

const handlers = new Map<object, ProxyHandler<Where>>()

function handlerOf<T extends object>(shape: Shape<T>): ProxyHandler<Where> {
  const known = handlers.get(shape)
  if (known !== undefined) return known
  const fields = new Map<string | symbol, (where: Where) => unknown>(Object.entries(shape))
  const keys = [...fields.keys()]
  const handler: ProxyHandler<Where> = {
    get: (where, key) => (key === PLACE ? where.place : fields.get(key)?.(where)),
    has: (_, key) => fields.has(key),
    ownKeys: () => keys,
    getOwnPropertyDescriptor: (where, key) => ({
      value: fields.get(key)?.(where),
      enumerable: true,
      configurable: true,
      writable: false,
    }),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
    getPrototypeOf: () => Object.prototype,
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  }
  handlers.set(shape, handler)
  return handler
}

function writeAll<T>(to: Writer, all: readonly T[], write: (one: T) => void): void {
  to.number(all.length)
  for (const one of all) write(one)
}

function readAll<T>(from: Reader, read: (i: number) => T): readonly T[] {
  const found: T[] = []
  for (let length = from.number(), i = 0; i < length; i++) found.push(read(i))
  return found
}
