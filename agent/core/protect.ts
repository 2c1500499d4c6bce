// When the agent stops bidding by itself: losses that say the market is not what we think it is. What tripped stays
// tripped until an operator clears it; settlements go on all the while.
import type { Attribution } from '../domain/liquidation.ts'
import type { PriceBatch } from '../domain/market.ts'
import { type ChainId, type FeedId, type Instant, type Wad, wad } from '../domain/units.ts'
import { max, toDouble } from '../maths/fixed-point.ts'
import type { Venues } from './venues.ts'

/** Limits that every agent sets for itself. */
export type Protections = {
  /** Largest fall of settled P&L from its peak, as a share of the capital. */
  readonly drawdown: number
  /** Settlements in a row that the gap turned into losses. */
  readonly gapLosses: number
  /** Gas of failed bids within an hour of wall time, in dollars. */
  readonly failedGas: Wad
  /** How far apart publishers may price the same asset, as a share of the lowest price, before it counts. */
  readonly divergence: number
  /** How far pools may stand from the publishers, as a share of the publishers' price, before it counts. */
  readonly market: { readonly bound: number; readonly act: MarketAct }
}

/** Bidding stops, or an operator is told. */
export type MarketAct = 'halt' | 'alarm'

/** An operator's word, or the name of the protection that tripped. */
export const HALT_REASONS = [
  'operator',
  'drawdown',
  'gap-losses',
  'failed-gas',
  'oracle-divergence',
  'market-divergence',
  'unreconciled',
  'invariant-broken',
  'second-copy',
] as const
export type HaltReason = (typeof HALT_REASONS)[number]

/** Why nothing is bid. `disk`: nothing can be written down; that passes by itself, whatever else stays until it is cleared. */
export type Halt = {
  readonly reason: HaltReason | 'disk'
  readonly detail: string
  readonly at: Instant
}

/** What outlives a kill: settled P&L with its peak, gap losses in a row, and gas of failed bids. A new one with every change. */
export type Counted = {
  readonly total: bigint
  readonly peak: bigint
  readonly gapLosses: number
  readonly failures: readonly { readonly at: Instant; readonly cost: bigint }[]
}

const NOTHING: Counted = { total: 0n, peak: 0n, gapLosses: 0, failures: [] }

/** What the protections have seen. Changed only here. */
export type Watch = {
  halt: Halt | undefined
  /** As long as the journal takes nothing. */
  disk: Halt | undefined
  counted: Counted
  /** Since when publishers have been too far apart, by engine. */
  readonly diverged: Map<ChainId, Instant>
  /** What pools said last, and the feeds that an operator was told of because of it. */
  readonly venues: Venues
  readonly contradicted: Set<string>
}

/** A watch that has seen nothing. */
export const openWatch = (): Watch => ({
  halt: undefined,
  disk: undefined,
  counted: NOTHING,
  diverged: new Map(),
  venues: new Map(),
  contradicted: new Set(),
})

/** Why nothing is bid now, if anything. */
export const stopped = ({ halt, disk }: Watch): Halt | undefined => halt ?? disk

/** Counts a closed settlement. Answers the halt that it caused. `capital` is cash and what is in flight. */
export function closed(
  watch: Watch,
  { total, gap }: Pick<Attribution, 'total' | 'gap'>,
  { limits, capital, at }: { readonly limits: Protections; readonly capital: Wad; readonly at: Instant },
): Halt | undefined {
  const before = watch.counted
  const sum = before.total + total
  const gapLosses = total < 0n && gap < 0n ? before.gapLosses + 1 : 0
  watch.counted = { ...before, total: sum, peak: max(before.peak, sum), gapLosses }
  const fall = toDouble(wad(watch.counted.peak - sum))
  if (fall > limits.drawdown * toDouble(capital))
    return trip(watch, { reason: 'drawdown', at, detail: `settled P&L fell ${inDollars(fall)} from its peak` })
  if (gapLosses >= limits.gapLosses)
    return trip(watch, { reason: 'gap-losses', at, detail: `the gap took ${gapLosses} settlements in a row` })
  return undefined
}

const HOUR = 3_600_000

/** Counts the gas of a failed bid. Answers the halt that it caused. */
export function failed(
  watch: Watch,
  cost: Wad,
  { limits, at }: { readonly limits: Protections; readonly at: Instant },
): Halt | undefined {
  const failures = [...watch.counted.failures.filter((one) => at - one.at < HOUR), { at, cost }]
  watch.counted = { ...watch.counted, failures }
  const spent = wad(failures.reduce((sum, one) => sum + one.cost, 0n))
  if (spent <= limits.failedGas) return undefined
  return trip(watch, { reason: 'failed-gas', at, detail: `failed bids burnt ${inDollars(toDouble(spent))} in an hour` })
}

/** How long publishers may disagree before it counts, in wall milliseconds: a move reaches them one after the other. */
const DISAGREEMENT = 2_000

/** What publishers say of the assets that money hangs on. Answers the halt that a lasting disagreement caused. */
export function heard(
  watch: Watch,
  batches: readonly PriceBatch[],
  { limits, engine, feeds, at }: Hearing,
): Halt | undefined {
  const worst = feeds.map((feed) => ({ feed, apart: apartOf(batches, feed) })).reduce(wider, { feed: -1, apart: 0 })
  if (worst.apart <= limits.divergence) {
    watch.diverged.delete(engine)
    return undefined
  }
  const since = watch.diverged.get(engine) ?? at
  watch.diverged.set(engine, since)
  if (at - since < DISAGREEMENT) return undefined
  const detail = `publishers are ${(100 * worst.apart).toFixed(1)} % apart on feed ${worst.feed} of engine ${engine}`
  return trip(watch, { reason: 'oracle-divergence', at, detail })
}

export type Hearing = {
  readonly limits: Protections
  readonly engine: ChainId
  /** Feeds of collateral and of what instruments follow. */
  readonly feeds: readonly FeedId[]
  readonly at: Instant
}

type Apart = { readonly feed: FeedId; readonly apart: number }
const wider = (a: Apart, b: Apart): Apart => (b.apart > a.apart ? b : a)

/** The highest price less the lowest, as a share of the lowest. */
function apartOf(batches: readonly PriceBatch[], feed: FeedId): number {
  const prices = batches.flatMap(({ entries }) =>
    entries.flatMap((one) => (one.feed === feed ? Number(one.price) : [])),
  )
  const [least, most] = [Math.min(...prices), Math.max(...prices)]
  return prices.length < 2 || least <= 0 ? 0 : most / least - 1
}

/** An operator's word, or what the journal remembers of an earlier one. */
export const halt = (watch: Watch, reason: Halt): Halt | undefined => trip(watch, reason)

/** Goes on counting where an earlier run was. */
export function countOn(watch: Watch, counted: Counted): void {
  watch.counted = counted
}

/** Whether the journal can be written: nothing is committed that is not written down. */
export function written(watch: Watch, at: Instant, trouble: string | undefined): void {
  watch.disk = trouble === undefined ? undefined : { reason: 'disk', detail: trouble, at: watch.disk?.at ?? at }
}

/** Clears a halt; what was counted towards the next one starts again. */
export function resume(watch: Watch): void {
  watch.halt = undefined
  const { total } = watch.counted
  watch.counted = { ...NOTHING, total, peak: total }
  watch.diverged.clear()
  watch.venues.clear()
  watch.contradicted.clear()
}

/** The first reason stands. */
function trip(watch: Watch, reason: Halt): Halt | undefined {
  if (watch.halt !== undefined) return undefined
  watch.halt = reason
  return reason
}

const inDollars = (amount: number): string => `$${amount.toFixed(2)}`
