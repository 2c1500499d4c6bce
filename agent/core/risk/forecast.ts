// What a quote says of its gap, leg by leg: loss per unit of debt l = K - h exp(X).

import type { ForecastLevel } from '../../domain/gap-record.ts'
import type { Quote } from '../../domain/liquidation.ts'
import { prorate, toDouble } from '../../maths/fixed-point.ts'
import { ewmaNormal, filteredHistorical } from '../../maths/learning/baselines.ts'
import { lossOdds, type Terms, varEs } from '../../maths/risk/loss.ts'
import { feedKey, type Market } from '../book.ts'
import type { Core } from '../state.ts'
import { cellOf } from './carriages.ts'
import { gapLaw } from './laws.ts'
import { modelled } from './modelled.ts'
import { timeAt } from './waiting.ts'
import { type Cell, type Forecast, type GapLaw, LEVELS } from './words.ts'

/** One forecast per leg of a quote whose gap is ours and was paid for. */
export function forecastsOf(core: Core, market: Market, quote: Quote): readonly Forecast[] {
  const { legs, outlay, route } = quote
  if (route.settlement !== 'state-proof' || outlay <= 0n) return []
  const debts = prorate(
    outlay,
    legs.map(({ value }) => value),
  )
  const K = 1 + toDouble(quote.cost + quote.raceCost) / toDouble(outlay)
  return legs.flatMap((leg, i) => {
    const cell = cellOf(core, leg)
    const law = cell && gapLaw(core, market.at, cell, outlay)
    const price = cell && market.prices.get(cell.feed)?.price
    const debt = toDouble(debts[i] ?? 0n)
    if (cell === undefined || law === undefined || 'type' in law || price === undefined || debt <= 0) return []
    const terms = { K, h: toDouble(leg.value) / debt }
    const id = `${quote.candidate.id}|${route.id}|${leg.collateral}`
    const about = { id, engine: cell.engine, vault: cell.vault, feed: cell.feed, collateral: leg.collateral }
    const premium = toDouble(quote.gap.premium) / toDouble(outlay)
    const said = {
      ...about,
      ...figures(core, law, terms),
      baselines: baselinesOf(core, cell, law, terms),
      at: market.at,
      modelledAt: modelled(core, market.at),
      debt,
      premium,
    }
    return [{ said, cell, law, price: Number(price) }]
  })
}

function figures({ beliefs }: Core, { belief, law, tails }: GapLaw, terms: Terms) {
  const { pLoss, EL } = lossOdds(law, terms)
  const mean = terms.K - terms.h * law.mean
  const wider = (loss: number): number => mean + beliefs.multiplier * (loss - mean)
  const levels = LEVELS.map((alpha, i): ForecastLevel => {
    const tail = tails[i]
    const { VaR, ES } = tail === undefined ? { VaR: Number.NaN, ES: Number.NaN } : varEs(tail, terms)
    return { alpha, VaR: wider(VaR), ES: wider(ES) }
  })
  return {
    state: belief.state,
    version: belief.version,
    effectiveSample: belief.effectiveSample,
    ...terms,
    lossOdds: pLoss,
    expectedLoss: EL,
    deviation: law.deviation,
    levels,
  }
}

/** The same levels as simpler models see them at the median of the latency: losses per dollar, brought to K - h exp(X). */
function baselinesOf({ beliefs }: Core, { engine, feed }: Cell, { latency }: GapLaw, { K, h }: Terms) {
  const learned = beliefs.baselines.get(feedKey(engine, feed))
  if (learned === undefined) return {}
  const seconds = timeAt(latency, 0.5)
  const perDebt = (levels: readonly ForecastLevel[]): readonly ForecastLevel[] =>
    levels.map(({ alpha, VaR, ES }) => ({ alpha, VaR: K - h * (1 - VaR), ES: K - h * (1 - ES) }))
  return {
    'ewma-normal': perDebt(ewmaNormal(learned, seconds, LEVELS)),
    'filtered-historical': perDebt(filteredHistorical(learned, seconds, LEVELS)),
  }
}
