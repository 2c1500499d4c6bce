import type { Instant, Millis } from '../domain/units.ts'

/** Time, so that a simulator can own it. */
export interface Clock {
  now(): Instant
  /** Resolves after `length`; rejects with the signal's reason if aborted first. */
  sleep(length: Millis, signal: AbortSignal): Promise<void>
}
