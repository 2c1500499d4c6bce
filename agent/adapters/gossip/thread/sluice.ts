// The way into a ring that may be full: of what waits, only the newest of each author is kept.
import { push, type Ring } from './ring.ts'

export type Sluice = {
  /** Writes a record now, or when there is room. `overtaken` is told when a newer one of the same author came first. */
  send(author: string, record: Uint8Array, overtaken: () => void): void
  close(): void
}

/** A price is replaced by the next one, never queued. */
export function createSluice(ring: Ring, write: typeof push = push): Sluice {
  const waiting = new Map<string, { readonly record: Uint8Array; readonly overtaken: () => void }>()
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    timer = undefined
    for (const [author, { record }] of waiting) {
      if (!write(ring, record)) break
      waiting.delete(author)
    }
    if (waiting.size > 0) timer = setTimeout(flush, AGAIN)
  }
  return {
    send(author, record, overtaken) {
      if (waiting.size === 0 && write(ring, record)) return
      waiting.get(author)?.overtaken()
      waiting.delete(author)
      waiting.set(author, { record, overtaken })
      timer ??= setTimeout(flush, AGAIN)
    },
    close() {
      clearTimeout(timer)
      waiting.clear()
    },
  }
}

/** Milliseconds until a full ring is tried again. */
const AGAIN = 2
