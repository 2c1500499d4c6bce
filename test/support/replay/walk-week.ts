// One series of prices, walked minute by minute: learn up to now, quote every route, realise the gap later. Nothing that
// happens after a quote enters it.
import type { MarketState } from '../../../agent/domain/gap-record.ts'
import {
  BASELINE_TERMS,
  type BaselineLearning,
  type BaselineTerms,
  ewmaNormal,
  filteredHistorical,
  learnBaseline,
} from '../../../agent/maths/learning/baselines.ts'
import { latencyBelief } from '../../../agent/maths/learning/latency-belief.ts'
import { condensed, gapOf, priceBelief } from '../../../agent/maths/learning/price-belief.ts'
import { learnPrice, type PriceLearning } from '../../../agent/maths/learning/price-learning.ts'
import type { PriceTerms } from '../../../agent/maths/learning/price-terms.ts'
import { atomsOf, type Latency, meanTime } from '../../../agent/maths/risk/latency.ts'
import { returnLaw } from '../../../agent/maths/risk/law.ts'
import { tailOf, varEs } from '../../../agent/maths/risk/loss.ts'
import { drawTime } from '../../../agent/maths/risk/monte-carlo.ts'
import { type Chance, chance } from '../../../agent/maths/risk/random.ts'
import type { Forecast } from '../../../agent/maths/risk/scores.ts'
import type { ReplayRoute } from './routes.ts'
import type { Series } from './weeks.ts'

/** Levels at which everybody forecasts. */
export const LEVELS: readonly number[] = [0.99, 0.975]

/** One quote and what came of it: forecasts by level, per dollar of collateral. `hour` numbers hours of all weeks. */
export type Quoted = {
  readonly week: string
  readonly asset: string
  readonly route: string
  readonly hour: number
  readonly state: MarketState
  readonly loss: number
  readonly seconds: number
  readonly model: readonly Forecast[]
  readonly ewma: readonly Forecast[]
  readonly historical: readonly Forecast[]
}

/** What a walk is made with. A quote every `stride` minutes; the first `first` only teach. */
export type Walk = {
  readonly terms: PriceTerms
  readonly routes: readonly ReplayRoute[]
  readonly stride: number
  readonly first: number
  readonly seed: number
  readonly baseline?: BaselineTerms
}

type Minds = { prices: PriceLearning | undefined; baseline: BaselineLearning | undefined }

/** All quotes of a series whose gap ended within it. */
export function walkSeries(series: Series, walk: Walk): readonly Quoted[] {
  const from = chance(walk.seed)
  const minds: Minds = { prices: undefined, baseline: undefined }
  const quotes: Quoted[] = []
  for (let i = 0; i < series.at.length; i++) {
    const tick = { at: series.at[i] ?? 0, price: series.price[i] ?? 0 }
    minds.prices = learnPrice(minds.prices, tick, walk.terms)
    minds.baseline = learnBaseline(minds.baseline, tick, walk.baseline ?? BASELINE_TERMS)
    if (i < walk.first || i % walk.stride !== 0) continue
    for (const route of walk.routes) {
      const quoted = quoteAt(series, i, { walk, route, minds, from })
      if (quoted !== undefined) quotes.push(quoted)
    }
  }
  return quotes
}

type Around = { readonly walk: Walk; readonly route: ReplayRoute; readonly minds: Minds; readonly from: Chance }

function quoteAt(series: Series, i: number, { walk, route, minds, from }: Around): Quoted | undefined {
  const at = series.at[i] ?? 0
  const price = priceBelief(minds.prices, at, walk.terms)
  if (price.type === 'untrusted' || minds.baseline === undefined) return undefined
  const { latency, mean, short } = latencyOf(route, price.state)
  const seconds = drawTime(from, latency)
  const end = i + Math.max(1, Math.round(seconds / 60))
  if (end >= series.price.length) return undefined
  const law = returnLaw(gapOf(price, short), 24)
  return {
    week: series.week,
    asset: series.asset,
    route: route.name,
    hour: Math.floor(at / 3_600_000),
    state: price.state,
    loss: 1 - (series.price[end] ?? 0) / (series.price[i] ?? 1),
    seconds,
    model: LEVELS.map((alpha) => varEs(tailOf(law, 1 - alpha), { K: 1, h: 1 })),
    ewma: ewmaNormal(minds.baseline, mean, LEVELS),
    historical: filteredHistorical(minds.baseline, mean, LEVELS),
  }
}

type RouteLaw = { readonly latency: Latency; readonly short: Latency; readonly mean: number }

const laws = new WeakMap<ReplayRoute, Map<MarketState, RouteLaw>>()

/** A route's law in a state, condensed for the model; the baselines take it for its mean. */
function latencyOf(route: ReplayRoute, state: MarketState): RouteLaw {
  const known = laws.get(route) ?? new Map<MarketState, RouteLaw>()
  laws.set(route, known)
  const held = known.get(state)
  if (held !== undefined) return held
  const at = route.learning.version === 0 ? 0 : route.learning.at
  const { law: latency } = latencyBelief(route.learning, { at, state, stallOdds: route.stallOdds })
  const made = { latency, short: condensed(latency), mean: meanTime(atomsOf(latency)) }
  known.set(state, made)
  return made
}
