// How forecasts of a replay held: exceedances by state and route, joint scores against the baselines, week by week.
import type { MarketState } from '../../../agent/domain/gap-record.ts'
import { clusteredMean, type Forecast, jointScore } from '../../../agent/maths/risk/scores.ts'
import { LEVELS, type Quoted } from './walk-week.ts'

/**
 * Exceedances of VaR 99 %. Quotes of one hour share their fate, so they are counted twice: every quote, with a standard
 * error clustered by hour; and one draw per asset and hour, averaged over the draws there could have been. The second
 * count decides whether a cell has enough to be judged.
 */
export type Cell = {
  readonly state: MarketState
  readonly route: string
  readonly quotes: number
  readonly expected: number
  readonly observed: number
  readonly ratio: number
  readonly error: number
  readonly hours: number
  readonly hourlyExpected: number
  readonly hourlyObserved: number
  readonly hourlyRatio: number
  readonly judged: boolean
  readonly holds: boolean
}

/** Mean joint scores at a level and how many standard errors the model is ahead of each baseline (positive is ahead). */
export type Score = {
  readonly alpha: number
  readonly model: number
  readonly ewma: number
  readonly historical: number
  readonly aheadOfEwma: number
  readonly aheadOfHistorical: number
}

/** One week: exceedances over all states and routes, and scores at 97.5 and 99 %. */
export type WeekLine = {
  readonly week: string
  readonly quotes: number
  readonly ratio: number
  readonly hourlyRatio: number
  readonly scores: readonly Score[]
  readonly fails: readonly string[]
}

/** Expected exceedances, one draw per asset and hour, below which nothing is said. */
const ENOUGH = 10

/** Hours over which exceedances may hang together. */
const LAGS = 6

/** Cells in the order of states, then routes. */
export function cellsOf(quotes: readonly Quoted[]): readonly Cell[] {
  const groups = grouped(quotes, ({ state, route }) => `${state}|${route}`)
  const order = ['calm', 'triggered', 'cascade']
  return [...groups.values()].map(cellOf).sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}

function cellOf(quotes: readonly Quoted[]): Cell {
  const { state, route } = quotes[0] ?? { state: 'calm' as const, route: '' }
  const count = coverage(quotes)
  const judged = count.hourlyExpected >= ENOUGH
  const inside = (ratio: number): boolean => ratio >= 0.5 && ratio <= 2
  return { state, route, ...count, judged, holds: inside(count.ratio) && inside(count.hourlyRatio) }
}

function coverage(quotes: readonly Quoted[]) {
  const tail = 1 - (LEVELS[0] ?? 0.99)
  const beyond = quotes.map(({ loss, model: [first] }) => (loss > (first?.VaR ?? Infinity) ? 1 : 0))
  const { mean, error } = clusteredMean(
    beyond,
    quotes.map(({ hour }) => hour),
    LAGS,
  )
  const hours = grouped(
    quotes.map((one, i) => ({ one, exceeds: beyond[i] ?? 0 })),
    ({ one }) => `${one.asset}|${one.hour}`,
  )
  const hourly = [...hours.values()].reduce((sum, some) => sum + averageOf(some.map(({ exceeds }) => exceeds)), 0)
  return {
    quotes: quotes.length,
    expected: tail * quotes.length,
    observed: beyond.reduce<number>((sum, x) => sum + x, 0),
    ratio: mean / tail,
    error: error / tail,
    hours: hours.size,
    hourlyExpected: tail * hours.size,
    hourlyObserved: hourly,
    hourlyRatio: hourly / (tail * hours.size),
  }
}

/** The model's score beside the baselines', by level. */
export const scoresOf = (quotes: readonly Quoted[]): readonly Score[] =>
  LEVELS.map((alpha, level) => {
    const scoreOf = (by: (quote: Quoted) => readonly Forecast[]): readonly number[] =>
      quotes.map((quote) => jointScore(quote.loss, by(quote)[level] ?? { VaR: 0, ES: 0 }, alpha))
    const model = scoreOf((quote) => quote.model)
    const [ewma, historical] = [scoreOf((quote) => quote.ewma), scoreOf((quote) => quote.historical)]
    const ahead = (other: readonly number[]): number =>
      clusteredMean(
        other.map((score, i) => score - (model[i] ?? 0)),
        quotes.map(({ hour }) => hour),
        LAGS,
      ).t
    return {
      alpha,
      model: averageOf(model),
      ewma: averageOf(ewma),
      historical: averageOf(historical),
      aheadOfEwma: ahead(ewma),
      aheadOfHistorical: ahead(historical),
    }
  })

/** One line per week, with what does not hold in it. */
export function weekLines(quotes: readonly Quoted[]): readonly WeekLine[] {
  return [...grouped(quotes, ({ week }) => week)].map(([week, some]) => {
    const { quotes: count, ratio, hourlyRatio } = coverage(some)
    const scores = scoresOf(some)
    const fails = [
      ...(ratio > 2 ? ['exceeded more than twice as often as said'] : []),
      ...(ratio < 0.5 ? ['exceeded less than half as often as said'] : []),
      ...scores.flatMap(({ alpha, model, ewma, historical }) => [
        ...(ewma <= model ? [`EWMA-normal scores better at ${alpha}`] : []),
        ...(historical <= model ? [`filtered history scores better at ${alpha}`] : []),
      ]),
    ]
    return { week, quotes: count, ratio, hourlyRatio, scores, fails }
  })
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

const averageOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
