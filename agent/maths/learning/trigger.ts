// What state a market is in, by how far it fell within half an hour.
import type { MarketState } from '../../domain/gap-record.ts'
import { MINUTE_MILLIS, type Shape } from './price-terms.ts'

/** A log price at a modelled time in milliseconds. */
export type Point = { readonly at: number; readonly log: number }

/** How far back a fall is looked for. */
const LOOKBACK = 30 * MINUTE_MILLIS

/** Most points kept: prices that come faster are thinned. */
const MOST = 60

/** Scores from which a market counts as triggered, and as a cascade. */
const TRIGGERED = 1.25
const CASCADE = 3

/** Mean score of each state in the histories its shape was fitted to: there it holds as it is, between them mixed. */
const CENTRES = { calm: 0.4, triggered: 1.75, cascade: 4.15 } as const

/** Points of the last half hour, the newest last. */
export function recall(points: readonly Point[], next: Point): readonly Point[] {
  const last = points[points.length - 1]
  const kept = points.filter(({ at }) => at >= next.at - LOOKBACK)
  const close = last !== undefined && kept.length > 1 && next.at - (kept[kept.length - 2]?.at ?? 0) < LOOKBACK / MOST
  return close ? [...kept.slice(0, -1), next] : [...kept, next]
}

/** The fall from the highest of the points to the last, in deviations (`variance` is per millisecond) of half an hour. */
export function triggerScore(points: readonly Point[], variance: number): number {
  const last = points[points.length - 1]
  if (last === undefined) return 0
  const high = points.reduce((most, { log }) => Math.max(most, log), last.log)
  return (high - last.log) / Math.sqrt(variance * LOOKBACK)
}

/** The state's name. */
export const stateOf = (score: number): MarketState =>
  score >= CASCADE ? 'cascade' : score >= TRIGGERED ? 'triggered' : 'calm'

/** The shape at a score. */
export function shapeAt(score: number, { calm, triggered, cascade }: Readonly<Record<MarketState, Shape>>): Shape {
  const along = (from: number, to: number): number => Math.min(1, Math.max(0, (score - from) / (to - from)))
  if (score < CENTRES.triggered) return between(calm, triggered, along(CENTRES.calm, CENTRES.triggered))
  return between(triggered, cascade, along(CENTRES.triggered, CENTRES.cascade))
}

function between(a: Shape, b: Shape, share: number): Shape {
  const mix = (x: number, y: number): number => x + share * (y - x)
  return {
    diffusion: mix(a.diffusion, b.diffusion),
    jumps: mix(a.jumps, b.jumps),
    up: mix(a.up, b.up),
    eta1: mix(a.eta1, b.eta1),
    eta2: mix(a.eta2, b.eta2),
  }
}
