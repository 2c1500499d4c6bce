// The distribution function of a latency, and its inverse: between the atoms of the law, evenly in ln(time).
import type { LatencyBelief } from '../../maths/learning/latency-belief.ts'
import { atomsOf } from '../../maths/risk/latency.ts'

/** Times in seconds with the odds of being there by then. */
type Steps = { readonly times: readonly number[]; readonly odds: readonly number[] }

const known = new WeakMap<LatencyBelief, Steps>()

/** P(L <= seconds). */
export function oddsBelow(latency: LatencyBelief, seconds: number): number {
  const { times, odds } = stepsOf(latency)
  const after = times.findIndex((time) => time >= seconds)
  if (after === 0) return (odds[0] ?? 0) / 2
  const [t0 = 0, t1 = 0, p0 = 1, p1 = 1] = [times[after - 1], times[after], odds[after - 1], odds[after]]
  return after < 0 ? 1 : p0 + (p1 - p0) * (Math.log(seconds / t0) / Math.log(t1 / t0))
}

/** The time within which a settlement arrives at these odds. */
export function timeAt(latency: LatencyBelief, p: number): number {
  const { times, odds } = stepsOf(latency)
  const after = odds.findIndex((one) => one >= p)
  const [t0, t1] = [times[after - 1], times[after]]
  if (t0 === undefined || t1 === undefined) return (after === 0 ? times[0] : times[times.length - 1]) ?? 1
  const [p0 = 0, p1 = 1] = [odds[after - 1], odds[after]]
  return t0 * (t1 / t0) ** ((p - p0) / (p1 - p0))
}

function stepsOf(latency: LatencyBelief): Steps {
  const kept = known.get(latency)
  if (kept !== undefined) return kept
  const { points, weights } = atomsOf(latency.law)
  const order = [...points.keys()].sort((a, b) => (points[a] ?? 0) - (points[b] ?? 0))
  const times: number[] = []
  const odds: number[] = []
  let below = 0
  for (const i of order) {
    const weight = weights[i] ?? 0
    if (times[times.length - 1] !== points[i]) {
      times.push(points[i] ?? 0)
      odds.push(below + weight / 2)
    }
    below += weight
  }
  const steps = { times, odds }
  known.set(latency, steps)
  return steps
}
