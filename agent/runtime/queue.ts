// Many sources, one consumer: whatever happens to the agent is one ordered sequence.

/** An unbounded queue read by one consumer. Ends when the signal fires and everything pushed before was read. */
export type Queue<T> = AsyncIterable<T> & { push(item: T): void; readonly size: number; readonly taken: number }

export function createQueue<T>(signal: AbortSignal): Queue<T> {
  const items: T[] = []
  let taken = 0
  let wake: (() => void) | undefined
  const rouse = (): void => {
    wake?.()
    wake = undefined
  }
  signal.addEventListener('abort', rouse, { once: true })
  return {
    get size() {
      return items.length
    },
    get taken() {
      return taken
    },
    push(item) {
      if (signal.aborted) return
      items.push(item)
      rouse()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = items.shift()
        if (next !== undefined) {
          taken++
          yield next
        } else if (signal.aborted) return
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}
