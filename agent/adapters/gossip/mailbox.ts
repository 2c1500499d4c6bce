// What waits for one reader: bounded by kind, oldest dropped first, because the newest fact is the useful one.
import type { Kind, Verified } from '../../domain/message.ts'
import { TOPICS } from './topics.ts'

export type Mailbox = {
  readonly put: (message: Verified) => void
  readonly close: () => void
  /** Messages in order of arrival until the mailbox is closed. One reader only. */
  readonly read: () => AsyncGenerator<Verified, void, undefined>
}

/** An empty mailbox. `dropped` is told of every message that its reader was too slow for. */
export function createMailbox(dropped: (kind: Kind) => void): Mailbox {
  const waiting: Verified[] = []
  const counts = new Map<Kind, number>()
  let wake = (): void => {}
  let open = true

  const count = (kind: Kind, change: number): number => {
    const total = (counts.get(kind) ?? 0) + change
    counts.set(kind, total)
    return total
  }

  return {
    put(message) {
      if (!open) return
      waiting.push(message)
      if (count(message.kind, 1) > TOPICS[message.kind].queue) {
        waiting.splice(
          waiting.findIndex(({ kind }) => kind === message.kind),
          1,
        )
        count(message.kind, -1)
        dropped(message.kind)
      }
      wake()
    },
    close() {
      open = false
      wake()
    },
    async *read() {
      while (open) {
        const message = waiting.shift()
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        count(message.kind, -1)
        yield message
      }
    },
  }
}
