// Strategies in processes of their own: asked by an effect, heard by an input, understood in the market of that moment.
import type { CandidateId } from '../domain/liquidation.ts'
import type { Bps, ChainId, Instant } from '../domain/units.ts'
import type { Answer, View } from '../strategy.ts'
import type { Market } from './book.ts'
import type { Seat } from './setup.ts'
import type { Asking, Core } from './state.ts'
import type { Offer } from './view.ts'

/** A view to be shown to a strategy elsewhere. `seed` stands for its chance. */
export type Question = {
  readonly seat: string
  readonly engine: ChainId
  readonly question: number
  readonly view: View
  readonly seed: number
}

/** An answer by the names of what it is about: quotes are made anew when it is heard. */
export type Said = {
  readonly kind: Answer['kind']
  readonly candidate: CandidateId
  readonly route: string
  readonly fraction: Bps
  readonly reason: string
  readonly until: Instant
}

/** What came back: answers, or why there are none. */
export type Reply = Pick<Question, 'seat' | 'engine' | 'question'> &
  ({ readonly answers: readonly Said[] } | { readonly failed: string })

/** The question to a strategy, unless it still owes an answer. */
export function questionTo(core: Core, market: Market, seat: Seat, view: View): readonly Question[] {
  const key = keyOf(seat.name, market.engine)
  if (core.asking.has(key)) return []
  const question = ++core.questions
  const candidates = new Set(view.candidates.flatMap(({ quotes }) => quotes[0]?.candidate.id ?? []))
  core.asking.set(key, { question, candidates })
  return [{ seat: seat.name, engine: market.engine, question, view, seed: Math.floor(core.random() * 2 ** 32) }]
}

/** The question that a reply answers, now no longer under way; undefined when it was never asked, or is answered. */
export function questionOf(core: Core, { seat, engine, question }: Reply): Asking | undefined {
  const key = keyOf(seat, engine)
  const asking = core.asking.get(key)
  if (asking?.question !== question) return undefined
  core.asking.delete(key)
  return asking
}

/** Its answers, about the quotes of this moment. What is no longer offered was answered in vain. */
export const answersOf = (said: readonly Said[], offers: readonly Offer[]): readonly Answer[] =>
  said.flatMap(({ kind, candidate, route, fraction, reason, until }): Answer[] => {
    const quotes = offers.find((one) => one.candidate.id === candidate)?.quotes
    const quote = quotes?.find((one) => one.route.id === route)
    if (quote === undefined) return []
    const asked = { ...quote, fraction }
    return [kind === 'postpone' ? { kind, quote: asked, until, reason } : { kind, quote: asked, reason }]
  })

const keyOf = (seat: string, engine: ChainId): string => `${seat}|${engine}`
