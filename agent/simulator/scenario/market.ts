// The market of a scenario: what every feed is worth at any moment. Seeded, so that two processes see one market.
import type { Scenario } from '../../../config/scenario.ts'
import type { PriceEntry } from '../../domain/market.ts'
import { bps, type FeedId, type Price, price } from '../../domain/units.ts'
import { type Option, optionValue } from './black-76.ts'
import { type Feed, feedsOf, type Series } from './feeds.ts'
import { normal, type Random, seeded } from './random.ts'
import { optionShocks } from './shocks.ts'

/** Prices as the publishers would know them without noise. `at` is wall time from the market's opening, in ms. */
export type Market = {
  readonly feeds: readonly Feed[]
  /** The true price of a feed in dollars. Before the opening every feed stands at its start. */
  spot(feed: FeedId, at: number): number
  /** What publisher `publisher` signs at `at`: every feed, options with their risk arrays. It may believe other prices. */
  entries(at: number, publisher: number, believed?: Market['spot']): readonly PriceEntry[]
}

/** A feed moved by hand: by a factor, from a market time on, over so many ms. */
export type Nudge = { readonly feed: FeedId; readonly factor: number; readonly from: number; readonly over: number }

/** The market of a scenario. The volatile part is a random walk of 250 ms steps, interpolated. Nudges may come while it runs. */
export function openMarket(scenario: Scenario, nudges: readonly Nudge[] = []): Market {
  const feeds = feedsOf(scenario)
  const walks = new Map(feeds.map((feed) => [feed.id, walkOf(scenario, feed)]))
  const spot = (id: FeedId, at: number): number => {
    const feed = feeds[id]
    if (feed === undefined) return 0
    if (feed.kind === 'option') return optionValue(optionAt(scenario, feed.series, at), spot(feed.underlying, at))
    const drift = driftOf(scenario, feed, at)
    return feed.start * Math.exp(drift + along(walks.get(id) ?? [], at)) * nudged(nudges, id, at)
  }
  const entries = (at: number, publisher: number, believed = spot): readonly PriceEntry[] => {
    const random = noiseAt(scenario, at, publisher)
    const noise = feeds.map(() => 1 + (normal(random) * scenario.prices.noise) / 10_000)
    return feeds.map((feed): PriceEntry => {
      const seen = (id: FeedId): number => believed(id, at) * (noise[id] ?? 1)
      if (feed.kind === 'spot')
        return { feed: feed.id, price: asPrice(seen(feed.id)), confidence: CONFIDENCE, shocks: 0n }
      const underlying = seen(feed.underlying)
      const option = optionAt(scenario, feed.series, at)
      const shocks = optionShocks(option, underlying, feed.series.shock)
      return { feed: feed.id, price: asPrice(optionValue(option, underlying)), confidence: CONFIDENCE, shocks }
    })
  }
  return { feeds, spot, entries }
}

/** The log return of a feed by the path: its own column of a replay, else its share of the reference. */
function driftOf(
  { replay, ...scenario }: Scenario,
  { name, beta }: Extract<Feed, { kind: 'spot' }>,
  at: number,
): number {
  const own = replay?.find(({ feed }) => feed === name)
  if (own !== undefined) return Math.log(factorAt(own, at))
  const [reference] = replay ?? []
  return beta * Math.log(reference === undefined ? pathFactor(scenario, at) : factorAt(reference, at))
}

/** Between two rows the price moves geometrically; before the first and after the last it stands. */
function factorAt({ at: times, factor }: NonNullable<Scenario['replay']>[number], at: number): number {
  const next = times.findIndex((time) => time > at)
  const last = factor.at(-1) ?? 1
  if (next <= 0) return next === 0 ? 1 : last
  const [from = 0, to = 0] = [times[next - 1], times[next]]
  const [before = 1, after = 1] = [factor[next - 1], factor[next]]
  return before * (after / before) ** ((at - from) / (to - from))
}

/** The scenario's path as a factor on the starting price: each step moves geometrically over its time. */
export function pathFactor(scenario: Scenario, at: number): number {
  return scenario.path.reduce((factor, step) => {
    const done = step.over === 0 ? Number(at >= step.at) : Math.min(1, Math.max(0, (at - step.at) / step.over))
    return factor * (1 + step.move / 10_000) ** done
  }, 1)
}

const nudged = (nudges: readonly Nudge[], id: FeedId, at: number): number =>
  nudges.reduce((product, { feed, factor, from, over }) => {
    if (feed !== id) return product
    return product * factor ** (over === 0 ? Number(at >= from) : Math.min(1, Math.max(0, (at - from) / over)))
  }, 1)

/** The wall times between which the reference price moves by more than 2 % a second: reported apart. */
export function crashWindow(scenario: Scenario): { readonly from: number; readonly to: number } | undefined {
  const crash = scenario.path.find((step) => step.move < 0 && Math.abs(step.move) / Math.max(1, step.over / 1000) > 200)
  return crash === undefined ? undefined : { from: crash.at, to: crash.at + crash.over }
}

/** The one gate from statistics to money for prices: eight decimals, never zero. */
export const asPrice = (dollars: number): Price => price(BigInt(Math.max(1, Math.round(dollars * 1e8))))

const CONFIDENCE = bps(5)
const STEP = 250
const YEAR = 365.25 * 24 * 3_600_000

/** An option series with the time it has left `at` wall milliseconds after the opening. */
export function optionAt(scenario: Scenario, series: Series, at: number): Option {
  const left = Number(series.expiry) - Math.max(0, at) * scenario.timeScale
  const { kind, volatility } = series
  return { kind, strike: Number(series.strike) / 1e8, years: left / YEAR, volatility: volatility / 10_000 }
}

/** Cumulative log returns at each step, of modelled time. Long enough for the settlements after the close. */
function walkOf(scenario: Scenario, feed: Feed): readonly number[] {
  if (feed.kind === 'option') return []
  const random = seeded(scenario.seed, `walk ${feed.name}`)
  const deviation = feed.volatility * Math.sqrt((STEP * scenario.timeScale) / YEAR)
  const steps = Math.ceil((scenario.duration + TAIL) / STEP)
  let sum = 0
  return [0, ...Array.from({ length: steps }, () => (sum += deviation * normal(random) - deviation ** 2 / 2))]
}

const TAIL = 120_000

function along(walk: readonly number[], at: number): number {
  const place = Math.min(walk.length - 1, Math.max(0, at / STEP))
  const [before, after] = [walk[Math.floor(place)] ?? 0, walk[Math.ceil(place)] ?? 0]
  return before + (after - before) * (place - Math.floor(place))
}

/** Publishers differ by a little, the same little for the same moment. */
const noiseAt = (scenario: Scenario, at: number, publisher: number): Random =>
  seeded(scenario.seed, `noise ${publisher} ${Math.round(at)}`)
