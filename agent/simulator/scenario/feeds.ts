// Feeds in the order of their ids: first what the scenario names, then the mark of each option series.
import type { Scenario } from '../../../config/scenario.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { FeedId } from '../../domain/units.ts'

type Instruments = Scenario['instruments'][number]
/** An option series as the scenario declares it. */
export type Series = Exclude<Instruments, { kind: 'perpetual' }>

/** One feed: a spot price, or an option's mark with its risk array. */
export type Feed =
  | {
      readonly id: FeedId
      readonly kind: 'spot'
      readonly name: string
      readonly start: number
      readonly volatility: number
      readonly beta: number
    }
  | {
      readonly id: FeedId
      readonly kind: 'option'
      readonly name: string
      readonly underlying: FeedId
      readonly series: Series
    }

/** All feeds of a scenario, by id. */
export function feedsOf(scenario: Scenario): readonly Feed[] {
  const spots = scenario.feeds.map(({ name, start, volatility, beta }, id): Feed => {
    return { id, kind: 'spot', name, start: Number(start) / 1e8, volatility: volatility / 10_000, beta }
  })
  const series = scenario.instruments.filter((one) => one.kind !== 'perpetual')
  const options = series.map((one, i): Feed => {
    return { id: spots.length + i, kind: 'option', name: one.name, underlying: feedNamed(spots, one.feed), series: one }
  })
  return [...spots, ...options]
}

/** The id of a feed by name. */
export function feedNamed(feeds: readonly Feed[], name: string): FeedId {
  const found = feeds.find((feed) => feed.name === name)
  if (found === undefined) throw invariantBroken(`no feed is called ${name}`, { name })
  return found.id
}
