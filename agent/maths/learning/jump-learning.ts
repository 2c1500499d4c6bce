// What a feed's own jumps say beside the pooled prior. Only jumps beyond 4.1 local deviations can be told from diffusion;
// sizes are exponential, hence without memory, so that counts and excesses beyond the flag speak for all jumps.
import { BAR_MILLIS, MEMORY, type Shape } from './price-terms.ts'

/** Evidence: flags expected under the prior, flags seen either way, and their excesses in sigmas of a bar. */
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
export const FLAG = 4.1

/** How many flags the prior is worth, for intensity, direction and size. */
const TRUST = 12

/** After a return of `z` local deviations over `elapsed` milliseconds. */
export function afterBar(seen: JumpEvidence, z: number, elapsed: number, prior: Shape): JumpEvidence {
  const kept = 2 ** (-elapsed / MEMORY)
  const bars = elapsed / BAR_MILLIS
  const flag = FLAG * Math.sqrt(bars)
  const excess = (Math.abs(z) - FLAG) * Math.sqrt(bars)
  const [up, down] = excess > 0 ? (z > 0 ? [1, 0] : [0, 1]) : [0, 0]
  const beyond = prior.up * Math.exp(-prior.eta1 * flag) + (1 - prior.up) * Math.exp(-prior.eta2 * flag)
  return {
    expected: seen.expected * kept + prior.jumps * bars * beyond,
    ups: seen.ups * kept + up,
    downs: seen.downs * kept + down,
    upExcess: seen.upExcess * kept + up * excess,
    downExcess: seen.downExcess * kept + down * excess,
  }
}

/** A prior shape after the evidence: Gamma for the intensity, Beta for the direction, Gamma for both inverse sizes. */
export function posterior(prior: Shape, calm: Shape, seen: JumpEvidence): Shape {
  const flags = seen.ups + seen.downs
  const up = (TRUST * calm.up + seen.ups) / (TRUST + flags) / calm.up
  const size = (eta: number, count: number, excess: number): number =>
    (eta * (TRUST + count)) / (TRUST + calm.eta2 * excess)
  return {
    diffusion: prior.diffusion,
    jumps: prior.jumps * ((TRUST + flags) / (TRUST + seen.expected)),
    up: Math.min(0.95, prior.up * up),
    eta1: size(prior.eta1, seen.ups, seen.upExcess),
    eta2: size(prior.eta2, seen.downs, seen.downExcess),
  }
}
