// Wall time as modelled time: what latencies, volatilities and ages are stated in.
import type { Instant } from '../../domain/units.ts'
import type { Core } from '../state.ts'

/** Modelled milliseconds of a wall time. */
export const modelled = ({ setup }: Core, at: Instant): number => at * setup.timeScale

/** Seconds of modelled time between two wall times. */
export const secondsBetween = (core: Core, from: Instant, to: Instant): number =>
  Math.max(0, modelled(core, to) - modelled(core, from)) / 1_000
