// What publishers are told while they publish: where the market was moved to by hand, and how each of them is wrong.
import type { FeedId } from '../../domain/units.ts'
import type { Market, Nudge } from '../../simulator/scenario/market.ts'

/** One way in which publishers are wrong. Publishers by their place, feeds by id; `since` is market time in ms. */
export type Bend = {
  readonly kind: 'freeze' | 'off' | 'silence'
  readonly feeds: readonly FeedId[]
  readonly publishers: readonly number[]
  readonly since: number
  /** Share by which prices are off. */
  readonly move: number
}

/** One line on the publishers' standard input: everything there is to know, in the place of what was said before. */
export type MarketWord = {
  /** Wall time of the opening; not there before it. */
  readonly opened?: number | undefined
  readonly nudges: readonly Nudge[]
  readonly bends: readonly Bend[]
}

/** Whether a publisher says anything at all. */
export const speaks = (bends: readonly Bend[], publisher: number): boolean =>
  !bends.some(({ kind, publishers }) => kind === 'silence' && publishers.includes(publisher))

/** Spot prices as one publisher believes them. */
export function believed(market: Market, bends: readonly Bend[], publisher: number): Market['spot'] {
  const own = bends.filter(({ publishers }) => publishers.includes(publisher))
  return (feed, at) => {
    const about = own.filter(({ feeds }) => feeds.includes(feed))
    const frozen = about.find(({ kind }) => kind === 'freeze')
    const price = market.spot(feed, frozen?.since ?? at)
    return about.reduce((found, { kind, move }) => (kind === 'off' ? found * (1 + move) : found), price)
  }
}
