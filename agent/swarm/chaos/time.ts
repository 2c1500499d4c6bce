// Time of a campaign: it runs faster than the wall's, and goes on from one life of the agent to the next.
import { setTimeout } from 'node:timers/promises'
import { instant } from '../../domain/units.ts'
import type { Clock } from '../../ports/clock.ts'

/** Where time stood when it was set going, and how many times as fast as the wall clock it runs. */
export type Pace = { readonly wall: number; readonly at: number; readonly speed: number }

/** What the time is now, at that pace. */
export const timeAt = ({ wall, at, speed }: Pace): number => at + (Date.now() - wall) * speed

/** A clock of that pace. No sleep is shorter than `least` wall milliseconds: a faster clock must not poll faster. */
export function fastClock(pace: Pace, least: number): Clock {
  return {
    now: () => instant(Math.floor(timeAt(pace))),
    sleep: (length, signal) =>
      setTimeout(Math.max(length / pace.speed, least), undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error
      }),
  }
}
