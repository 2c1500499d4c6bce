// Which accounts a price move can have reached. Every account that is well above maintenance waits on a rung: as far up
// as prices must travel before it can be below. A move looks at the rungs it has passed, and at nothing else.
import type { EngineTerms, Margin, MarginAccount, OraclePrice, Prices } from '../domain/market.ts'
import type { FeedId } from '../domain/units.ts'
import { abs, toDouble } from './fixed-point.ts'
import { type Holdings, holdings, marginOf, unpackShocks } from './margin.ts'

/** Accounts by key. Changed by the functions below and by nothing else. */
export type Ladder<Key extends string = string> = {
  /** To be looked at with every change of prices. */
  readonly near: Set<Key>
  /** The same in order, until somebody comes or goes. */
  sorted: readonly Key[] | undefined
  readonly rungs: Map<number, Key[]>
  /** The rung that each waits on; whatever else a rung names has moved on. */
  readonly place: Map<Key, number>
  /** In which order they were first heard of. */
  readonly order: Map<Key, number>
  /** How far prices have travelled: the sum over all changes of the largest |ln| over the watched feeds. */
  travelled: number
  rung: number
  terms: EngineTerms | undefined
  feeds: readonly FeedId[]
  prices: Prices
  /** The last price of every watched feed, also of one that is missing now. */
  readonly last: Map<FeedId, OraclePrice>
}

export const openLadder = <Key extends string>(): Ladder<Key> => ({
  near: new Set(),
  sorted: undefined,
  rungs: new Map(),
  place: new Map(),
  order: new Map(),
  travelled: 0,
  rung: 0,
  terms: undefined,
  feeds: [],
  prices: new Map(),
  last: new Map(),
})

/** News of an account: it is looked at next time. */
export function touch<Key extends string>(ladder: Ladder<Key>, key: Key): void {
  if (!ladder.order.has(key)) ladder.order.set(key, ladder.order.size)
  ladder.place.delete(key)
  approach(ladder, key)
}

/** Everything that must be looked at now that terms and prices are these, in the order it was first heard of. */
export function climb<Key extends string>(ladder: Ladder<Key>, terms: EngineTerms, prices: Prices): readonly Key[] {
  if (ladder.terms !== terms) restart(ladder, terms)
  if (prices.size > 0 && prices !== ladder.prices) {
    travel(ladder, distance(ladder, prices))
    ladder.prices = prices
  }
  ladder.sorted ??= inOrder(ladder, ladder.near)
  return ladder.sorted
}

/** Keys in the order in which they were first heard of. */
export const inOrder = <Key extends string>({ order }: Ladder<Key>, keys: Iterable<Key>): readonly Key[] =>
  [...keys].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))

/** Looked at and well: not again before prices have travelled so far (a ratio). */
export function rest<Key extends string>(ladder: Ladder<Key>, key: Key, reach: number): void {
  const rung = Math.floor((ladder.travelled + Math.log1p(Math.min(reach, FARTHEST))) / HEIGHT)
  if (rung <= ladder.rung) return
  leave(ladder, key)
  ladder.place.set(key, rung)
  const others = ladder.rungs.get(rung)
  if (others === undefined) ladder.rungs.set(rung, [key])
  else others.push(key)
}

function approach<Key extends string>(ladder: Ladder<Key>, key: Key): void {
  if (ladder.near.has(key)) return
  ladder.near.add(key)
  ladder.sorted = undefined
}

function leave<Key extends string>(ladder: Ladder<Key>, key: Key): void {
  if (ladder.near.delete(key)) ladder.sorted = undefined
}

/** A hundredth of a percent. */
const HEIGHT = 1e-4
/** Nobody rests for longer than until prices are ten times what they were. */
const FARTHEST = 9

/** New terms may change every margin. */
function restart<Key extends string>(ladder: Ladder<Key>, terms: EngineTerms): void {
  ladder.terms = terms
  ladder.feeds = [
    ...new Set([
      ...terms.instruments.flatMap((one) => (one.kind === 'perpetual' ? [one.markFeed, one.underlyingFeed] : [])),
      ...terms.collaterals.map(({ feed }) => feed),
    ]),
  ]
  everything(ladder)
}

function everything<Key extends string>(ladder: Ladder<Key>): void {
  for (const key of ladder.place.keys()) approach(ladder, key)
  ladder.place.clear()
  ladder.rungs.clear()
}

/** Infinite where a price counts at its edges: how far that is from itself is another question. */
function distance({ feeds, last }: Pick<Ladder, 'feeds' | 'last'>, prices: Prices): number {
  let most = 0
  for (const feed of feeds) {
    const [from, to] = [last.get(feed), prices.get(feed)]
    if (to === undefined || from === to) continue
    last.set(feed, to)
    if (from === undefined) continue
    if (to.degraded === true || from.degraded === true) most = Number.POSITIVE_INFINITY
    else if (from.price !== to.price) most = Math.max(most, Math.abs(Math.log(Number(to.price) / Number(from.price))))
  }
  return most
}

function travel<Key extends string>(ladder: Ladder<Key>, distance: number): void {
  if (!Number.isFinite(distance)) return everything(ladder)
  ladder.travelled += distance
  const now = Math.floor(ladder.travelled / HEIGHT)
  for (; ladder.rung < now; ladder.rung++) {
    for (const key of ladder.rungs.get(ladder.rung + 1) ?? []) {
      if (ladder.place.get(key) !== ladder.rung + 1) continue
      ladder.place.delete(key)
      approach(ladder, key)
    }
    ladder.rungs.delete(ladder.rung + 1)
  }
}

/**
 * How far every price may be from where it is (a ratio, up or down) before the account can be below maintenance: value,
 * collateral and both parts of the margin change at most in proportion. Zero where that is not so: options.
 */
function reach({ positions, collateral }: Holdings, { equity, maintenance }: Margin): number {
  if (equity <= maintenance || positions.some(({ instrument }) => instrument.kind === 'option')) return 0
  const exposed = positions.reduce(
    (sum, { value, notional, shocks, contingency }) =>
      sum + toDouble(abs(value)) + (toDouble(abs(notional)) * largest(shocks) + toDouble(contingency)) / 10_000,
    0,
  )
  const held = collateral.reduce((sum, { value }) => sum + toDouble(value), 0)
  return (SAFE * toDouble(equity - maintenance)) / (exposed + held)
}

/** An account at these prices: its margin, undefined while a price is missing, and its reach. */
export type Standing = { readonly margin: Margin | undefined; readonly reach: number }

/** Values an account once for both. */
export function standingOf(account: MarginAccount, terms: EngineTerms, prices: Prices): Standing {
  const held = holdings(account, terms, prices)
  const margin = held && marginOf(account, held, terms)
  return { margin, reach: held && margin ? reach(held, margin) : 0 }
}

const largest = (shocks: bigint): number =>
  unpackShocks(shocks).reduce((most, shock) => Math.max(most, Math.abs(Number(shock))), 0)

/** For the integers' rounding, and for ours. */
const SAFE = 0.999
