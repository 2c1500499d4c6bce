// A seeded generator, so that a scenario is the same market again.
import { fnv1a, mulberry32 } from '../../maths/seeded.ts'

/** Uniform in [0, 1). */
export type Random = () => number

/** A stream of its own for every name: adding a consumer does not move the others. */
export const seeded = (seed: number, name: string): Random => mulberry32(mix(seed ^ fnv1a(name)))

/** Standard normal (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Uniform between two figures. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random()

/** Exponential with a mean. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random())

const mix = (n: number): number => Math.imul(n ^ (n >>> 16), 0x45d9f3b) | 0
