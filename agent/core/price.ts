// The quotes of a candidate: on every route that is open to us, in the largest size we can carry and in better ones.
import type { Candidate, Quote } from '../domain/liquidation.ts'
import { type Bps, bps } from '../domain/units.ts'
import { BPS, maxFractionUp } from '../maths/margin.ts'
import type { Market } from './book.ts'
import { recalled, remembered } from './conditions.ts'
import { type Missing, missing, type Priced } from './priced.ts'
import { isInsolvent, quoteAt, rewardOf } from './quote.ts'
import { routes } from './routes.ts'
import { openSheet, type Sheet } from './sheet.ts'
import { isBeyondCash, sizesOf } from './sizes.ts'
import type { Core } from './state.ts'

/** Prices a candidate on every route that is open to us, at the largest size we can carry and at better ones. */
export function price(core: Core, market: Market, candidate: Candidate): Priced {
  const sheet = openSheet(core, market, candidate)
  if (sheet === undefined) return missing('prices-missing')
  return recalled(sheet) ?? remembered(sheet, afresh)
}

function afresh(sheet: Sheet): Priced {
  const { candidate, market } = sheet
  const most = withHeadroom(maxFractionUp(candidate.margin, sheet.discount, market.terms.auction))
  if (isInsolvent(candidate) && rewardOf(sheet) <= -candidate.margin.mark) return missing('insolvent')
  if (!isInsolvent(candidate) && isBeyondCash(sheet, most)) return missing('capital')
  const whole = routes(sheet, most).map((route) => quoteAt(sheet, route, most))
  const open = whole.filter(isQuote)
  if (open.length === 0) return whole.find((one) => 'missing' in one) ?? missing('no-route')
  const sized = open.map((quote) => sizesOf(sheet, quote))
  const quotes = sized.flatMap(({ sizes, quote }) =>
    sizes.map((fraction) => (fraction === quote.fraction ? quote : quoteAt(sheet, quote.route, fraction))),
  )
  const found = quotes.filter(isQuote).sort(byNet)
  return found.length > 0 ? { quotes: found } : (sized[0]?.short ?? missing('capital'))
}

/** What a bid leaves of the largest slice, in percent: prices that recover before it lands shrink what may be taken. */
const HEADROOM = 5

const withHeadroom = (largest: Bps): Bps =>
  largest === Number(BPS) ? largest : bps(Math.max(1, Math.floor((largest * (100 - HEADROOM)) / 100)))

const isQuote = (one: Quote | Missing): one is Quote => !('missing' in one)
const byNet = (a: Quote, b: Quote): number => (a.net > b.net ? -1 : a.net < b.net ? 1 : 0)
