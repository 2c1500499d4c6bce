// A journal whose disk may take nothing for a while. What must be durable before it is acted on is refused; what tells of
// something that has happened is kept in memory, in order, until the disk takes it: nobody has to wait for that.
import { LienmeshError } from '../../domain/errors.ts'
import type { IntentId } from '../../domain/liquidation.ts'
import type { Facts, Journal } from '../../ports/journal.ts'

/** A journal that says when its disk fails, and tries again. */
export type PatientJournal = Journal & {
  /** Writes what waits; without anything that waits, a mark. Whether the disk took it. */
  mend(): boolean
}

/** Told once when the disk begins to take nothing, and once (undefined) when it takes everything again. */
export type Told = (trouble: LienmeshError | undefined) => void

/** Opens a journal with patience. `open` is given the ear for what its buffer could not write. */
export function patientJournal(open: (trouble: (error: unknown) => void) => Journal, told: Told): PatientJournal {
  const waits: Waiting[] = []
  let failing = false
  const failed = (error: unknown): void => {
    if (!isDisk(error)) throw error
    if (!failing) told(error)
    failing = true
  }
  const journal = open(failed)
  /** Refused at once by a disk that takes nothing. */
  const now =
    <Args extends readonly unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      try {
        return write(...args)
      } catch (error) {
        if (isDisk(error)) failed(error)
        throw error
      }
    }
  const mend = (): boolean => {
    try {
      while (waits[0] !== undefined) {
        waits[0].write()
        waits.shift()
      }
      if (failing) journal.remember(MARK, '')
    } catch (error) {
      failed(error)
      return false
    }
    if (failing) told(undefined)
    failing = false
    return true
  }
  const later = (waiting: Waiting): void => {
    const overtaken = waits.findIndex(({ key }) => key !== undefined && key === waiting.key)
    if (overtaken >= 0) waits.splice(overtaken, 1)
    waits.push(waiting)
    mend()
  }
  return {
    ...journal,
    commit: now(journal.commit),
    settle: now(journal.settle),
    abandon: now(journal.abandon),
    post: now(journal.post),
    paid: (intent, facts) => later({ write: () => journal.paid(intent, facts), paid: intent, facts }),
    note: (step) => later({ write: () => journal.note(step) }),
    remember: (key, value) => later({ write: () => journal.remember(key, value), key, facts: { [key]: value } }),
    recall: (key) => waits.findLast(({ facts }) => facts?.[key] !== undefined)?.facts?.[key] ?? journal.recall(key),
    lives: () => journal.lives().filter(({ intent }) => !waits.some(({ paid }) => paid === intent)),
    mend,
  }
}

/** The name of what is written for nothing but to see whether it can be. */
const MARK = 'mended'

type Waiting = {
  readonly write: () => void
  /** Of a value that a later one of its name takes the place of. */
  readonly key?: string
  readonly facts?: Facts | undefined
  readonly paid?: IntentId
}

const isDisk = (error: unknown): error is LienmeshError => error instanceof LienmeshError && error.code === 'E_DISK'
