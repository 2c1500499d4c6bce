// Two simpler forecasters that the model has to beat: a normal law with an exponentially weighted variance, and the
// history of standardised returns (Hull and White 1998). Modelled time; losses are per dollar, 1 - exp(X).
import type { ForecastLevel } from '../../domain/gap-record.ts'
import { normalCdf, normalQuantile } from '../risk/special.ts'
import { MINUTE_MILLIS, YEAR_MILLIS } from './price-terms.ts'

/** A log price with the annual variance believed then. */
type Past = { readonly at: number; readonly log: number; readonly variance: number }

/** What both have learned. At most `MOST` past prices are kept. */
export type BaselineLearning = { readonly past: readonly Past[] }

/** How they learn: modelled milliseconds, and an annual volatility to start from. */
export type BaselineTerms = { readonly halfLife: number; readonly volatility: number; readonly spacing: number }

/** RiskMetrics' decay (1996), 0.94 per bar, on bars of five minutes. */
export const BASELINE_TERMS: BaselineTerms = {
  halfLife: 56 * MINUTE_MILLIS,
  volatility: 0.7,
  spacing: MINUTE_MILLIS,
}

/** Two days of minutes. */
const MOST = 2880

/** Standardised returns before a history is one; until then the normal law speaks. */
const FEWEST = 250

/** The state after a price. */
export function learnBaseline(
  state: BaselineLearning | undefined,
  { at, price }: { readonly at: number; readonly price: number },
  terms: BaselineTerms,
): BaselineLearning {
  const last = state?.past[state.past.length - 1]
  if (!(price > 0 && price < Infinity && Number.isFinite(at))) return state ?? { past: [] }
  const log = Math.log(price)
  if (state === undefined || last === undefined) return { past: [{ at, log, variance: terms.volatility ** 2 }] }
  const elapsed = at - last.at
  if (elapsed < terms.spacing) return state
  const annual = ((log - last.log) ** 2 * YEAR_MILLIS) / elapsed
  const variance = last.variance + (1 - 2 ** (-elapsed / terms.halfLife)) * (annual - last.variance)
  return { past: [...state.past.slice(1 - MOST), { at, log, variance }] }
}

/** VaR and ES of a normal return over so many seconds, at each level. */
export function ewmaNormal({ past }: BaselineLearning, seconds: number, alphas: readonly number[]): ForecastLevel[] {
  const s = deviation(past[past.length - 1], seconds)
  return alphas.map((alpha) => {
    const z = normalQuantile(1 - alpha)
    const partial = normalCdf(z - s)
    return { alpha, VaR: -Math.expm1(-0.5 * s * s + s * z), ES: 1 - partial / (1 - alpha) }
  })
}

/** VaR and ES of past returns over so many seconds, each over the deviation believed then, times the one of now. */
export function filteredHistorical(
  state: BaselineLearning,
  seconds: number,
  alphas: readonly number[],
): readonly ForecastLevel[] {
  const kept = answers.get(state) ?? new Map<number, Answer>()
  answers.set(state, kept)
  const known = kept.get(seconds)
  if (known?.alphas === alphas) return known.levels
  const levels = fromHistory(state, seconds, alphas)
  kept.set(seconds, { alphas, levels })
  return levels
}

/** What a state answered, by time: in a fall many are asked for over the times of a few routes. */
const answers = new WeakMap<BaselineLearning, Map<number, Answer>>()
type Answer = { readonly alphas: readonly number[]; readonly levels: readonly ForecastLevel[] }

function fromHistory(state: BaselineLearning, seconds: number, alphas: readonly number[]): ForecastLevel[] {
  const { past } = state
  const standard = standardised(past, seconds)
  if (standard.length < FEWEST) return ewmaNormal(state, seconds, alphas)
  const s = deviation(past[past.length - 1], seconds)
  const losses = standard.sort().map((z) => -Math.expm1(z * s))
  return alphas.map((alpha) => {
    const worst = Math.max(1, Math.ceil((1 - alpha) * losses.length))
    const tail = losses.subarray(0, worst)
    return { alpha, VaR: losses[worst - 1] ?? 0, ES: tail.reduce((sum, loss) => sum + loss, 0) / worst }
  })
}

/** Overlapping returns over so many seconds, in the deviations believed when they began. */
function standardised(past: readonly Past[], seconds: number): Float64Array {
  const found: number[] = []
  let end = 0
  for (const start of past) {
    while (end < past.length && (past[end]?.at ?? 0) - start.at < seconds * 1000) end++
    const last = past[end]
    if (last === undefined) break
    const s = deviation(start, (last.at - start.at) / 1000)
    if (s > 0) found.push((last.log - start.log) / s)
  }
  return Float64Array.from(found)
}

const deviation = (past: Past | undefined, seconds: number): number =>
  Math.sqrt(((past?.variance ?? 0) * seconds * 1000) / YEAR_MILLIS)
