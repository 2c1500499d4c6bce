// What tail capital is worth: what candidates that it was too short for would have earned with it.
import type { Quote } from '../../domain/liquidation.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import { gainOf } from '../quote.ts'
import type { Core } from '../state.ts'

/** How much of what was known one more candidate replaces. */
const MEMORY = 0.05

/**
 * Learns from a candidate, once, whether there was room for it. With room, a unit of capital more would have earned nothing;
 * without, what the candidate gains per unit of its own tail: the dual price of the limit.
 */
export function learnDemand({ beliefs }: Core, quote: Quote, short: boolean): void {
  const tail = toDouble(quote.gap.shortfall)
  const { id } = quote.candidate
  if (tail <= 0 || beliefs.demand.has(id)) return
  beliefs.demand.add(id)
  if (beliefs.demand.size > MOST_KNOWN) beliefs.demand.clear()
  const earned = short ? Math.max(0, toDouble(gainOf(quote))) / tail : 0
  beliefs.lately += MEMORY * (Math.min(MOST, earned) - beliefs.lately)
}

/** Candidates remembered. */
const MOST_KNOWN = 10_000
/** No unit of tail capital is believed to earn more than this many times itself. */
const MOST = 10
