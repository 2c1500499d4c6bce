// Work that waits more than it computes: as much of it at once as the machine has cores.
import { availableParallelism } from 'node:os'

/** Does all of it, in order of beginning, and fails when any of it does; nothing is begun after that. `lane` counts from 0. */
export async function sideBySide<T>(all: readonly T[], work: (one: T, lane: number) => Promise<void>): Promise<void> {
  const left = [...all]
  const lane = async (_: unknown, number: number): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift())
      await work(one, number).catch((error: unknown) => {
        left.length = 0
        throw error
      })
  }
  const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }).map(lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
