// The traders of a simulated market: most long, some short, each as near to the margin as the book says.
import type { EngineTerms, MarginAccount, Position, Prices } from '../../domain/market.ts'
import { millis, wad } from '../../domain/units.ts'
import { fromDoubleDown, toDouble } from '../../maths/fixed-point.ts'
import { margin, positionValue } from '../../maths/margin.ts'
import type { Chance } from '../../maths/risk/random.ts'
import { ZERO_HASH } from '../scenario/nowhere.ts'
import type { Crowd } from '../spec.ts'
import { addressOf, stream } from '../streams.ts'

export type CrowdPlan = {
  readonly seed: number
  readonly terms: EngineTerms
  readonly count: number
  /** Wall milliseconds between two arrivals. */
  readonly every: number
  readonly book?: TraderBook
}

/** Who trades. Dollars of collateral, spread evenly over their logarithm; equity over initial margin at the opening. */
export type TraderBook = {
  /** Share of the traders that are long. */
  readonly long: number
  readonly smallest: number
  readonly largest: number
  readonly nearest: number
  readonly farthest: number
}

/** Traders as near to the margin as the engine lets them open: what a coverage run wants. */
const FRAGILE: TraderBook = { long: 0.7, smallest: 5_000, largest: 50_000, nearest: 1, farthest: 1.15 }

/** Accounts at the start and while the market is open. */
export function crowdOf({ seed, terms, count, every, book = FRAGILE }: CrowdPlan): Crowd {
  const draw = (name: string, prices: Prices): MarginAccount => trader(seed, name, { terms, prices, book })
  return {
    first: (prices) => Array.from({ length: count }, (_, i) => draw(`trader ${i}`, prices)),
    turnover: { every: millis(every), most: count, arrive: (nth, prices) => draw(`newcomer ${nth}`, prices) },
  }
}

type Venue = { readonly terms: EngineTerms; readonly prices: Prices; readonly book: TraderBook }

function trader(seed: number, name: string, venue: Venue): MarginAccount {
  const from = stream(seed, 'crowd', name)
  const { long, smallest, largest, nearest, farthest } = venue.book
  const worth = smallest * (largest / smallest) ** from.uniform()
  const credit = collateralOf(from, venue, worth)
  const instrument = venue.terms.instruments[from.uniform() < 0.5 ? 0 : 1]?.id ?? 0
  const side = from.uniform() < long ? 1 : -1
  const room = nearest + (farthest - nearest) * from.uniform()
  const bare = { ...blank(venue.terms, addressOf(seed, name)), credit }
  const unit: Position = { instrument, size: wad(BigInt(side) * 10n ** 18n) }
  const perUnit = margin(opened(bare, unit, venue), venue.terms, venue.prices)
  const held = margin(bare, venue.terms, venue.prices)
  const size = toDouble(held?.equity ?? 0n) / (toDouble(perUnit?.initial ?? 1n) * room)
  return opened(bare, { instrument, size: wad(BigInt(side) * (fromDoubleDown(size) / LOT) * LOT) }, venue)
}

const LOT = 10n ** 14n

/** The account after it bought the position on credit, fees left out. */
function opened(account: MarginAccount, position: Position, { terms, prices }: Venue): MarginAccount {
  const feed = terms.instruments.find(({ id }) => id === position.instrument)?.markFeed ?? 0
  const paid = positionValue(position.size, prices.get(feed)?.price ?? 0n)
  return { ...account, cash: wad(-paid), positions: [position] }
}

/** One collateral, or two in halves. */
function collateralOf(from: Chance, { terms, prices }: Venue, worth: number): MarginAccount['credit'] {
  const picks = [Math.floor(from.uniform() * terms.collaterals.length)]
  const second = Math.floor(from.uniform() * terms.collaterals.length)
  if (from.uniform() < 0.3 && second !== picks[0]) picks.push(second)
  return picks.flatMap((pick) => {
    const found = terms.collaterals[pick]
    if (found === undefined) return []
    const price = Number(prices.get(found.feed)?.price ?? 1n) / 1e8
    const amount = fromDoubleDown(worth / picks.length / price) / 10n ** BigInt(18 - found.decimals)
    return [{ collateral: found.id, amount }]
  })
}

const blank = ({ chain }: EngineTerms, id: MarginAccount['id']): MarginAccount => ({
  engine: chain,
  id,
  owner: id,
  version: 1n,
  mode: 'unified',
  cash: wad(0n),
  positions: [],
  credit: [],
  auctionStartedAt: undefined,
  anchor: { chain, number: 0n, hash: ZERO_HASH },
})
