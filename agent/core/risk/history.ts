// What the last minutes did, in deviations of what was then believed: rows of scenarios that no law was fitted to
// (filtered historical simulation, Barone-Adesi and others 1999).
import type { Instant } from '../../domain/units.ts'
import type { PriceBelief } from '../../maths/learning/price-belief.ts'
import { YEAR_SECONDS } from '../../maths/risk/law.ts'
import { type FixedRow, HORIZONS } from '../../maths/risk/market.ts'
import { processOf, varianceRate } from '../../maths/risk/model.ts'
import { feedKey, type Market } from '../book.ts'
import type { Core } from '../state.ts'
import { beliefOf } from './laws.ts'
import { modelled } from './modelled.ts'

/** Most moments kept: a trading day of minutes. */
const MOST = 1_440
/** Deviations beyond this are the business of jumps and of stress. */
const LARGEST = 10

/** Writes down how far prices moved since the last moment, before the same prices change what is believed. */
export function remember(core: Core, market: Market): void {
  const { history, setup } = core
  const at = modelled(core, market.at)
  const last = history.stood.get(market.engine)
  if (last !== undefined && at - last.at < setup.risk.prices.spacing) return
  const prices = new Map([...market.prices].map(([feed, one]) => [feedKey(market.engine, feed), Number(one.price)]))
  history.stood.set(market.engine, { at, prices })
  if (last === undefined || at - last.at > setup.risk.prices.deadAfter) return
  const years = (at - last.at) / 1_000 / YEAR_SECONDS
  const residuals = [...market.prices.keys()].flatMap((feed) => {
    const key = feedKey(market.engine, feed)
    const [before, now] = [last.prices.get(key), prices.get(key)]
    const rate = rateOf(core, market.at, { engine: market.engine, feed })
    if (before === undefined || now === undefined || rate === undefined || !(before > 0 && now > 0)) return []
    const z = Math.log(now / before) / Math.sqrt(rate * years)
    return [[key, Math.max(-LARGEST, Math.min(LARGEST, z))] as const]
  })
  history.moments.push(new Map(residuals))
  if (history.moments.length > MOST) history.moments.shift()
}

function rateOf(core: Core, at: Instant, feed: Parameters<typeof beliefOf>[2]): number | undefined {
  const belief = beliefOf(core, at, feed)
  return belief.type === 'belief' ? varianceRate(processOf(belief.model)) : undefined
}

/** So many moments carry half of the weight that history may have. */
const HALF_TRUSTED = 500

type Wanted = { readonly names: readonly string[]; readonly beliefs: readonly PriceBelief[]; readonly weight: number }

/** Every moment as a row at today's volatility, spread over the longest horizon as the root of time. */
export function historicalRows({ history }: Core, { names, beliefs, weight }: Wanted): readonly FixedRow[] {
  const moments = history.moments.filter((moment) => names.every((name) => moment.has(name)))
  const over = HORIZONS[HORIZONS.length - 1] ?? 1
  const scales = beliefs.map(({ model }) => Math.sqrt((varianceRate(processOf(model)) * over) / YEAR_SECONDS))
  const each = (weight * moments.length) / (moments.length + HALF_TRUSTED) / moments.length
  return moments.map((moment) => ({
    weight: each,
    over,
    returns: names.map((name, i) => (moment.get(name) ?? 0) * (scales[i] ?? 0)),
    stalled: [],
  }))
}
