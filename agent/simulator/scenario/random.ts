// A seeded generator, so that a scenario is the same market again.

/** Uniform in [0, 1). */
export type Random = () => number

/** A stream of its own for every name: adding a consumer does not move the others. Generator: mulberry32. */
export function seeded(seed: number, name: string): Random {
  let state = mix(seed ^ fnv(name))
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const a = Math.imul(state ^ (state >>> 15), 1 | state)
    const b = (a + Math.imul(a ^ (a >>> 7), 61 | a)) ^ a
    return ((b ^ (b >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Uniform between two figures. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random()

/** Exponential with a mean. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random())

const mix = (n: number): number => Math.imul(n ^ (n >>> 16), 0x45d9f3b) | 0

const fnv = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
