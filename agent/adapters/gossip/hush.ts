// When no price comes from anybody, nobody keeps one back: publishers rest. Peers that are penalised for it all the same would
// leave every mesh together, and attestations would travel no further than one link.
import type { Instant } from '../../domain/units.ts'

export type Hush = {
  /** A price was verified. */
  readonly heard: () => void
  /** Whether prices are silent, or were until a moment ago. */
  readonly holds: () => boolean
}

/** Before the first price it is silent. */
export function createHush(now: () => Instant): Hush {
  let [last, resumed] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const silent = (): boolean => now() - last > SILENCE
  return {
    heard() {
      if (silent()) resumed = now()
      last = now()
    },
    holds: () => silent() || now() - resumed < GRACE,
  }
}

/** Milliseconds without a price, and those that counters of deliveries need to fill again. */
const [SILENCE, GRACE] = [3_000, 8_000] as const
