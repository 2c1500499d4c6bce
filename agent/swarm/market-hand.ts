// The hand on a run's market: moves prices and bends publishers, and tells their process everything it must know.
import type { FeedId } from '../domain/units.ts'
import type { Nudge } from '../simulator/scenario/market.ts'
import type { Bend, MarketWord } from './faults/oracle.ts'

/** What can be done to a market. Times are market time in ms. */
export type MarketHand = {
  /** Every move so far; it grows while the market runs. */
  readonly nudges: readonly Nudge[]
  /** The market opens at this wall time. */
  open(at: number): void
  move(nudge: Nudge): void
  bend(bend: Bend): () => void
  /** What a publishers' process that starts must be told. */
  word(): string
  /** Who is told from now on. */
  tell(listener: (word: string) => void): void
}

/** A market that nobody touched. */
export function openMarketHand(): MarketHand {
  const nudges: Nudge[] = []
  const bends = new Set<Bend>()
  let opened: number | undefined
  let listener: (word: string) => void = () => undefined
  const word = (): string => JSON.stringify({ opened, nudges, bends: [...bends] } satisfies MarketWord)
  const say = (): void => listener(word())
  return {
    ...{ nudges, word },
    open(at) {
      opened = at
      say()
    },
    move(nudge) {
      nudges.push(nudge)
      say()
    },
    bend(bend) {
      bends.add(bend)
      say()
      return () => {
        bends.delete(bend)
        say()
      }
    },
    tell(one) {
      listener = one
    },
  }
}

/** A factor on a feed's price that brings it from one price to another. */
export const nudgeTo = (
  feed: FeedId,
  [before, after]: readonly [number, number],
  when: Pick<Nudge, 'from' | 'over'>,
): Nudge => ({ feed, factor: after / before, ...when })
