// Strategies choose from one frozen view. A strategy that throws is skipped with that reason; the others go on.
import type { Candidate, CandidateId, Quote, SkipReason } from '../domain/liquidation.ts'
import type { Bps, Instant } from '../domain/units.ts'
import type { Answer } from '../strategy.ts'
import type { Wish } from './admit.ts'
import { answersOf, type Question, questionOf, questionTo, type Reply } from './apart.ts'
import type { Market } from './book.ts'
import { gainOf, quoteAt } from './quote.ts'
import type { Seat } from './setup.ts'
import { openSheet } from './sheet.ts'
import type { Core } from './state.ts'
import { type Offer, viewOf } from './view.ts'

/** One strategy's answer about one candidate, understood. */
export type Choice = { readonly seat: Seat; readonly candidate: Candidate } & (
  | { readonly kind: 'take'; readonly wish: Wish }
  | { readonly kind: 'postpone'; readonly quote: Quote; readonly until: Instant; readonly detail: string }
  | { readonly kind: 'skip'; readonly quote: Quote | undefined; readonly reason: SkipReason; readonly detail: string }
)

/** What was chosen, and what strategies elsewhere are asked. */
export type Decided = { readonly choices: readonly Choice[]; readonly questions: readonly Question[] }

/** Asks every strategy in turn; one choice per strategy and candidate. */
export function decide(core: Core, market: Market, offers: readonly Offer[]): Decided {
  if (offers.length === 0) return { choices: [], questions: [] }
  const view = viewOf(core, market, offers)
  const taken = new Set<string>()
  const questions: Question[] = []
  const choices = core.setup.seats.flatMap((seat) => {
    const { decide } = seat
    if (decide === 'none') return []
    if (decide !== 'apart') return chosen(core, market, { seat, answers: () => decide(view), offers, taken })
    questions.push(...questionTo(core, market, seat, view))
    return []
  })
  return { choices, questions }
}

/** What a strategy elsewhere chose, of what it was asked about and is still offered. */
export function heard(core: Core, market: Market, offers: readonly Offer[], reply: Reply): readonly Choice[] {
  const seat = core.setup.seats.find(({ name }) => name === reply.seat)
  const asking = questionOf(core, reply)
  if (seat === undefined || asking === undefined) return []
  const asked = offers.filter(({ candidate }) => asking.candidates.has(candidate.id))
  const answers = (): readonly Answer[] => {
    if ('failed' in reply) throw new Error(reply.failed)
    return answersOf(reply.answers, asked)
  }
  return chosen(core, market, { seat, answers, offers: asked, taken: new Set() })
}

type Asked = {
  readonly seat: Seat
  readonly answers: () => readonly Answer[]
  readonly offers: readonly Offer[]
  readonly taken: Set<string>
}

function chosen(core: Core, market: Market, { seat, answers, offers, taken }: Asked): Choice[] {
  const answered = new Set<string>()
  const byId = new Map(offers.map((offer) => [offer.candidate.id, offer]))
  const choices: Choice[] = []
  try {
    for (const answer of answers()) {
      const mistake = mistakeIn(answer)
      if (mistake !== undefined) throw new Error(mistake)
      choices.push(understand(core, market, { seat, answer, offers: byId, answered, taken }))
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return offers.map(({ candidate }) => ({
      seat,
      candidate,
      kind: 'skip',
      quote: undefined,
      reason: 'strategy-error',
      detail,
    }))
  }
  const silent = offers.filter(({ candidate }) => !answered.has(candidate.id))
  const skipped = silent.flatMap(({ quotes }) =>
    quotes.slice(0, 1).map((quote) => skip(market, seat, quote, 'no answer')),
  )
  for (const choice of choices) if (choice.kind === 'take') taken.add(choice.candidate.id)
  return [...choices, ...skipped]
}

/** Why this is no answer, whatever the types of its author say: it may come from JavaScript. */
function mistakeIn({ kind, quote, reason }: Partial<Answer>): string | undefined {
  if (kind !== 'take' && kind !== 'postpone' && kind !== 'skip')
    return `answers ${String(kind)}, expected take, postpone or skip`
  if (quote?.candidate?.id === undefined || quote.route?.id === undefined) return 'answers without one of its quotes'
  return typeof reason === 'string' && reason.trim() !== '' ? undefined : 'answers without a reason'
}

type Heard = {
  readonly seat: Seat
  readonly answer: Answer
  readonly offers: ReadonlyMap<CandidateId, Offer>
  readonly answered: Set<string>
  readonly taken: ReadonlySet<string>
}

/** Quotes are ours: an answer names one, and may ask for less of it, but its figures are never believed. */
function understand(core: Core, market: Market, { seat, answer, offers, answered, taken }: Heard): Choice {
  const { candidate } = answer.quote
  const refuse = (reason: SkipReason, detail: string): Choice => ({
    seat,
    candidate,
    kind: 'skip',
    quote: undefined,
    reason,
    detail,
  })
  const offer = offers.get(candidate.id)
  if (offer === undefined) return refuse('expired', 'the quote is not in this view')
  if (answered.has(candidate.id)) return refuse('duplicate', 'the first answer about a candidate counts')
  answered.add(candidate.id)
  if (answer.kind === 'take' && taken.has(candidate.id)) return refuse('duplicate', 'another strategy took it')
  const sizes = offer.quotes.filter(({ route }) => route.id === answer.quote.route.id)
  const largest = sizes.reduce<Quote | undefined>(
    (best, quote) => (best && best.fraction >= quote.fraction ? best : quote),
    undefined,
  )
  if (largest === undefined) return refuse('no-route', `route ${answer.quote.route.id} is not offered`)
  const quote =
    sizes.find(({ fraction }) => fraction === answer.quote.fraction) ??
    resize(core, market, largest, answer.quote.fraction)
  if (quote === undefined) return refuse('over-fraction', `${answer.quote.fraction} of at most ${largest.fraction} bps`)
  if (answer.kind === 'postpone')
    return { seat, candidate, kind: 'postpone', quote, until: answer.until, detail: answer.reason }
  if (answer.kind === 'skip') return skip(market, seat, quote, answer.reason)
  return { seat, candidate, kind: 'take', wish: { seat, quote, reason: answer.reason, most: largest.fraction } }
}

function resize(core: Core, market: Market, largest: Quote, fraction: Bps): Quote | undefined {
  if (!Number.isInteger(fraction) || fraction > largest.fraction || largest.candidate.margin.mark <= 0n)
    return undefined
  const sheet = openSheet(core, market, largest.candidate)
  const quote = sheet && quoteAt(sheet, largest.route, fraction)
  return quote === undefined || 'missing' in quote ? undefined : quote
}

/** When even the last discount of the auction leaves no gain, the gap is not to blame. */
function skip(market: Market, seat: Seat, quote: Quote, detail: string): Choice {
  const { maxDiscount } = market.terms.auction
  const left =
    quote.pay > 0n ? (quote.pay * BigInt(maxDiscount - quote.discount)) / BigInt(10_000 - quote.discount) : 0n
  const reason = gainOf(quote) + left > 0n ? 'gap-premium' : 'not-profitable'
  return { seat, candidate: quote.candidate, kind: 'skip', quote, reason, detail }
}
