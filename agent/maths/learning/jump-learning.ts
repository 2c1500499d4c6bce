// What a feed's own jumps say beside the pooled prior. Only returns beyond 4.1 local deviations can be told from diffusion;
// sizes are exponential, hence without memory, so that counts and excesses beyond the flag speak for all jumps.
import type { Flags, Shape } from './price-terms.ts'

/** Evidence is forgotten with this half-life, in modelled milliseconds. */
export const MEMORY = 14 * 86_400_000

/** Evidence, fading: flags expected, flags seen either way, and their excesses in local deviations. */
export type JumpEvidence = {
  readonly expected: number
  readonly ups: number
  readonly downs: number
  readonly upExcess: number
  readonly downExcess: number
}

/** Nothing seen. */
export const NO_JUMPS: JumpEvidence = { expected: 0, ups: 0, downs: 0, upExcess: 0, downExcess: 0 }

/** Lee and Mykland's threshold (2008) for 96 returns a day, in local deviations. */
const FLAG = 4.1

/** How many flags the prior is worth, for intensity, direction and size. */
const TRUST = 40

/** After a return of `z` local deviations over `elapsed` milliseconds. */
export function afterMove(seen: JumpEvidence, z: number, elapsed: number, prior: Flags): JumpEvidence {
  const kept = 2 ** (-elapsed / MEMORY)
  const excess = Math.max(0, Math.abs(z) - FLAG)
  const [up, down] = excess > 0 ? (z > 0 ? [1, 0] : [0, 1]) : [0, 0]
  return {
    expected: seen.expected * kept + prior.odds,
    ups: seen.ups * kept + up,
    downs: seen.downs * kept + down,
    upExcess: seen.upExcess * kept + up * excess,
    downExcess: seen.downExcess * kept + down * excess,
  }
}

/** A prior shape after the evidence: Gamma for the intensity, Beta for the direction, Gamma for both inverse sizes. */
export function posterior(prior: Shape, flags: Flags, seen: JumpEvidence): Shape {
  const count = seen.ups + seen.downs
  const up = (TRUST * flags.up + seen.ups) / (TRUST + count) / flags.up
  const smaller = (of: number, excess: number): number => (TRUST + of) / (TRUST + excess / flags.excess)
  return {
    diffusion: prior.diffusion,
    jumps: (prior.jumps * (TRUST + count)) / (TRUST + seen.expected),
    up: Math.min(0.95, prior.up * up),
    eta1: prior.eta1 * smaller(seen.ups, seen.upExcess),
    eta2: prior.eta2 * smaller(seen.downs, seen.downExcess),
  }
}
