// What was said of gaps, kept until they are over: what the model is judged by. A gap we carried ends with its sale; one
// that nobody carried is followed along a latency drawn from its route's law, because skipped quotes teach as well.

import type { GapRecord } from '../../domain/gap-record.ts'
import type { Claim, Intent, IntentId, Quote, Sale } from '../../domain/liquidation.ts'
import type { Instant } from '../../domain/units.ts'
import type { Market } from '../book.ts'
import type { Core } from '../state.ts'
import { forecastsOf } from './forecast.ts'
import type { Followed } from './memory.ts'
import { modelled, secondsBetween } from './modelled.ts'
import { oddsBelow, timeAt } from './waiting.ts'
import type { Forecast } from './words.ts'

/** Most gaps followed at once, and most candidates remembered; beyond, the oldest are forgotten. */
const MOST_OPEN = 2_048
const MOST_SAID = 20_000

/** Writes down what is said of a quote's gap, once per candidate and route. */
export function foretell(core: Core, market: Market, quotes: readonly Quote[]): void {
  const { evidence } = core
  for (const quote of quotes) {
    const name = `${quote.candidate.id}|${quote.route.id}`
    if (evidence.said.has(name)) continue
    evidence.said.add(name)
    forget(evidence.said, MOST_SAID)
    for (const forecast of forecastsOf(core, market, quote)) follow(core, forecast, undefined)
  }
}

/** An intent was admitted: what is said of its gap is what counts, and its own sale will end it. */
export function commit(core: Core, market: Market, { id, quote }: Intent): void {
  for (const forecast of forecastsOf(core, market, quote)) follow(core, forecast, id)
}

/** The bid came to nothing: others may carry the gap, and we follow it as one we did not take. */
export function uncommit({ evidence }: Core, intent: IntentId): void {
  for (const [name, followed] of evidence.open)
    if (followed.intent === intent) evidence.open.set(name, { ...followed, intent: undefined })
}

function follow({ evidence }: Core, forecast: Forecast, intent: IntentId | undefined): void {
  const odds = evidence.chance.uniform()
  const seconds = timeAt(forecast.law.latency, odds)
  const drawn = { odds, seconds, due: forecast.said.modelledAt + 1_000 * seconds }
  evidence.open.set(forecast.said.id, { ...forecast, intent, drawn })
  forget(evidence.open, MOST_OPEN)
}

function forget(kept: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = kept.keys()
  if (kept.size > most && oldest !== undefined) kept.delete(oldest)
}

/** Gaps that nobody carried and whose drawn latency is over, at the prices of this moment. */
export function overdue(core: Core, { engine, at, prices }: Market): readonly GapRecord[] {
  const now = modelled(core, at)
  const over: GapRecord[] = []
  for (const [name, followed] of core.evidence.open) {
    const { cell, drawn, intent } = followed
    if (intent !== undefined || drawn.due > now || cell.engine !== engine) continue
    const price = prices.get(cell.feed)?.price
    if (price === undefined) continue
    core.evidence.open.delete(name)
    over.push(recordOf(followed, { at, price: Number(price), seconds: drawn.seconds, odds: drawn.odds }))
  }
  return over
}

/** Gaps of ours that a sale ended. */
export function lived(core: Core, claims: readonly Claim[], sale: Sale): readonly GapRecord[] {
  return claims.flatMap((claim) => {
    const found = [...core.evidence.open].find(
      ([, { intent, said }]) => intent === claim.intent && said.collateral === claim.collateral,
    )
    if (found === undefined) return []
    const [name, followed] = found
    core.evidence.open.delete(name)
    const price = core.book.lastPrices.get(followed.cell.engine)?.get(followed.cell.feed)?.price
    const seconds = secondsBetween(core, followed.said.at, sale.soldAt)
    if (price === undefined || seconds === 0) return []
    const odds = oddsBelow(followed.law.latency, seconds)
    return [recordOf(followed, { at: sale.soldAt, price: Number(price), seconds, odds })]
  })
}

/** When the capital of a claim was committed: earlier than its bid was mined. */
export const committedAt = ({ evidence }: Core, { intent }: Claim): Instant | undefined =>
  [...evidence.open.values()].find((followed) => followed.intent === intent)?.said.at

type End = { readonly at: Instant; readonly price: number; readonly seconds: number; readonly odds: number }

function recordOf({ said, law, price, intent }: Followed, end: End): GapRecord {
  const x = Math.log(end.price / price)
  return {
    forecast: said,
    realised: {
      taken: intent !== undefined,
      drawn: intent === undefined,
      realisedAt: end.at,
      seconds: end.seconds,
      x,
      loss: said.K - said.h * Math.exp(x),
      u: law.law.below(x),
      uLatency: end.odds,
    },
  }
}
