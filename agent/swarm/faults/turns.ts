// Answers that wait for others to overtake them.

/** Who waits to be overtaken on one way. */
export type Turns = {
  /** Resolves once another answer went by, or when none does for a second. */
  overtaken(): Promise<void>
  /** An answer goes by. */
  overtake(): void
}

/** Nobody waits. */
export function openTurns(): Turns {
  let waiting: (() => void)[] = []
  const overtake = (): void => {
    const all = waiting
    waiting = []
    // After the answer that goes by now has been written.
    for (const go of all) setImmediate(go)
  }
  return {
    overtake,
    overtaken() {
      if (waiting.length > 0) {
        overtake()
        return Promise.resolve()
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      const late = setTimeout(resolve, LONGEST)
      waiting.push(() => {
        clearTimeout(late)
        resolve()
      })
      return promise
    },
  }
}

const LONGEST = 1_000
