// The same gap by plain simulation: latency, number of jumps and each jump are drawn as they are defined. It shares no
// formula with the laws it checks.
import type { Latency } from './latency.ts'
import { type Gap, YEAR_SECONDS } from './law.ts'
import { type Process, processOf } from './model.ts'
import { type Chance, chance } from './random.ts'
import { at } from './special.ts'

/** Log returns over the gap. */
export function simulatedReturns({ model, latency, growth, activity }: Gap, draws: number, seed: number): Float64Array {
  const from = chance(seed)
  const process = processOf(model, growth)
  return Float64Array.from({ length: draws }, () => {
    const seconds = drawTime(from, latency) * (activity === undefined ? 1 : drawTime(from, activity))
    return drawReturn(from, process, seconds / YEAR_SECONDS)
  })
}

/** One return over some years. */
export function drawReturn(from: Chance, { sigma, drift, jumps }: Process, years: number): number {
  let x = drift * years + sigma * Math.sqrt(years) * from.normal()
  if (jumps.kind === 'none') return x
  for (let left = from.poisson(jumps.lambda * years); left > 0; left--) {
    if (jumps.kind === 'normal') x += jumps.mean + jumps.deviation * from.normal()
    else x += from.uniform() < jumps.p ? from.exponential() / jumps.up : -from.exponential() / jumps.down
  }
  return x
}

/** One latency, in seconds. */
export function drawTime(from: Chance, latency: Latency): number {
  switch (latency.type) {
    case 'fixed':
      return latency.l
    case 'gamma':
      return (latency.shift ?? 0) + latency.theta * from.gamma(latency.k)
    case 'lognormal':
      return (latency.shift ?? 0) + latency.median * Math.exp(latency.s * from.normal())
    case 'uniform':
      return latency.lo + (latency.hi - latency.lo) * from.uniform()
    case 'mixture':
      return drawTime(from, chosen(from, latency.parts))
    case 'empirical':
      return chosen(
        from,
        latency.times.map((time, i) => [latency.weights?.[i] ?? 1, time] as const),
      )
    case 'residual':
      return drawBeyond(from, latency.of, latency.elapsed)
  }
}

function drawBeyond(from: Chance, latency: Latency, elapsed: number): number {
  for (;;) {
    const time = drawTime(from, latency)
    if (time > elapsed) return time - elapsed
  }
}

/** One of some things, by weight. */
function chosen<Thing>(from: Chance, things: readonly (readonly [number, Thing])[]): Thing {
  const total = things.reduce((sum, [weight]) => sum + weight, 0)
  let left = from.uniform() * total
  for (const [weight, thing] of things) {
    left -= weight
    if (left <= 0) return thing
  }
  throw new RangeError('expected at least one thing to choose from')
}

/** A mean with its standard error. */
export type Estimate = { readonly mean: number; readonly error: number }

/** The mean of what a function makes of each draw. */
export function estimate(draws: Float64Array, of: (x: number) => number): Estimate {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < draws.length; i++) {
    const value = of(at(draws, i))
    sum += value
    squares += value * value
  }
  const mean = sum / draws.length
  return { mean, error: Math.sqrt(Math.max(0, squares / draws.length - mean * mean) / draws.length) }
}
