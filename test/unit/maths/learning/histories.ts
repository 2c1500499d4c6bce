// Made-up price histories for tests of learning: seeded, of known volatility.
import { learnPrice, type PriceLearning, type PriceTick } from '../../../../agent/maths/learning/price-learning.ts'
import { PRICE_TERMS, type PriceTerms } from '../../../../agent/maths/learning/price-terms.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'

/** A minute of modelled time. */
export const MINUTE = 60_000

/** Prices each minute of a lognormal walk, from modelled time zero on. */
export function walk(count: number, { sigma = 0.6, seed = 1, spacing = MINUTE } = {}): PriceTick[] {
  const from = chance(seed)
  const step = sigma * Math.sqrt(spacing / 31_536_000_000)
  let log = Math.log(2000)
  return Array.from({ length: count }, (_, i) => {
    log += step * from.normal()
    return { at: i * spacing, price: Math.exp(log) }
  })
}

/** What prices teach, one after the other. */
export function taught(ticks: readonly PriceTick[], terms: PriceTerms = PRICE_TERMS): PriceLearning {
  const learned = ticks.reduce<PriceLearning | undefined>((state, tick) => learnPrice(state, tick, terms), undefined)
  if (learned === undefined) throw new RangeError('expected at least one price')
  return learned
}
