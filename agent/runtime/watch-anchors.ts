// While no more publishers speak than the quorum needs, a jump of a price is degraded on chain and the engine takes its worse
// edge. What it would be a jump from is read then, and only then.
import { isBare } from '../core/book.ts'
import type { Core } from '../core/state.ts'
import type { Anchors, EngineTerms } from '../domain/market.ts'
import type { FeedId } from '../domain/units.ts'
import { millis } from '../domain/units.ts'
import type { Context, EngineSeat } from './context.ts'
import { rest } from './tasks.ts'

/** Wall time between two looks. */
const PAUSE = millis(500)

/** Tells the core what the price book held before, as it changes, until the signal fires. */
export async function watchAnchors(
  { clock, tell }: Pick<Context, 'clock' | 'tell'>,
  { book }: Pick<Core, 'book'>,
  { chain }: Pick<EngineSeat, 'chain'>,
  signal: AbortSignal,
): Promise<void> {
  for (let known = ''; !signal.aborted; await rest(clock, PAUSE, signal)) {
    const terms = book.terms.get(chain.id)
    if (terms === undefined || !isBare(book, chain.id, clock.now())) continue
    const anchors = await chain.anchors(feedsOf(terms))
    if (known !== inWords(anchors)) tell({ kind: 'anchors', engine: chain.id, anchors })
    known = inWords(anchors)
  }
}

const feedsOf = ({ collaterals, instruments }: EngineTerms): readonly FeedId[] => [
  ...new Set([
    ...collaterals.map(({ feed }) => feed),
    ...instruments.flatMap(({ markFeed, underlyingFeed }) => [markFeed, underlyingFeed]),
  ]),
]

const inWords = ({ deviation, prices }: Anchors): string =>
  `${deviation} ${[...prices].map(([feed, price]) => `${feed}:${price}`).join()}`
