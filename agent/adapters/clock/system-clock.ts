// The wall clock. The simulator has its own.
import { setTimeout } from 'node:timers/promises'
import { instant } from '../../domain/units.ts'
import type { Clock } from '../../ports/clock.ts'

/** Time as the machine tells it. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (length, signal) =>
    setTimeout(length, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error
    }),
}
