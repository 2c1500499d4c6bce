// Time of a campaign: it runs faster than the wall's, and goes on from one life of the agent to the next.
import { setTimeout } from 'node:timers/promises'
import { instant } from '../../domain/units.ts'
import type { Clock } from '../../ports/clock.ts'

/** Where time stood when it was set going, and how many times as fast as the wall clock it runs. */
export type Pace = { readonly wall: number; readonly at: number; readonly speed: number }

/** A clock of that pace. No sleep is shorter than `least` wall milliseconds: a faster clock must not poll faster. */
export function fastClock({ wall, at, speed }: Pace, least = 0): Clock {
  return {
    now: () => instant(Math.floor(at + (Date.now() - wall) * speed)),
    sleep: (length, signal) =>
      setTimeout(Math.max(length / speed, least), undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error
      }),
  }
}
