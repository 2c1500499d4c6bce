// What came of earlier forecasts, kept as a multiplier on tails: the core is told whenever it moves.
import type { GapRecord } from '../../domain/gap-record.ts'
import { follow, freshControl, multiplierOf } from './multiplier.ts'

export type Caution = {
  /** Takes in one more gap that ended. */
  heard(record: GapRecord): void
}

/** Starts from what ended before, oldest first; `tell` hears the multiplier when it is not one, and when it changes. */
export function createCaution(before: readonly GapRecord[], tell: (multiplier: number) => void): Caution {
  let control = before.reduce(follow, freshControl)
  let told = 1
  const say = (): void => {
    const multiplier = multiplierOf(control)
    if (Math.abs(multiplier - told) < LEAST) return
    told = multiplier
    tell(multiplier)
  }
  say()
  return {
    heard(record) {
      control = follow(control, record)
      say()
    },
  }
}

/** Smaller changes are not worth a new price for everything. */
const LEAST = 0.01
