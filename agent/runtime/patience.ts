// A start is patient with nodes of which too few are well: it tries again for a while. What the config got wrong ends it.
import { LienmeshError } from '../domain/errors.ts'
import { type Millis, millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'
import { rest } from './tasks.ts'

/** Does a piece of work, and does it again while its failure may pass and time is left. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>

export type PatienceOptions = {
  readonly clock: Clock
  /** Ends the patience, not the work. */
  readonly signal: AbortSignal
  /** Told of every failure that is waited out. */
  readonly retried: (error: unknown) => void
}

/** Time that all nodes together get to become well enough for a start. */
const LONGEST = millis(60_000)
const [FIRST_PAUSE, LONGEST_PAUSE] = [millis(250), millis(4_000)]

/** The patience of one start. When it is over, the last failure stands, with its code and exit status. */
export function patience({ clock, signal, retried }: PatienceOptions): Patience {
  const end = clock.now() + LONGEST
  return async (work) => {
    for (let pause: Millis = FIRST_PAUSE; ; pause = millis(Math.min(2 * pause, LONGEST_PAUSE))) {
      try {
        return await work()
      } catch (error) {
        if (!mayPass(error) || signal.aborted || clock.now() + pause > end) throw error
        retried(error)
        await rest(clock, pause, signal)
      }
    }
  }
}

/** Where nobody answers at all the URL is wrong more often than the hour: whoever started the agent hears of it at once. */
const mayPass = (error: unknown): boolean =>
  error instanceof LienmeshError && error.remedy === 'retry' && error.code !== 'E_RPC_DOWN'
