// Events pushed by a producer, pulled by one reader.

/** An endless iterable of what `open` pushes; ends quietly when the signal aborts. `open` returns how to stop. */
export async function* stream<T>(
  signal: AbortSignal,
  open: (push: (item: T) => void) => () => void,
): AsyncGenerator<T> {
  const waiting: T[] = []
  let wake = Promise.withResolvers<void>()
  const stop = () => wake.resolve()
  const close = open((item) => {
    waiting.push(item)
    wake.resolve()
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (!signal.aborted) {
      await wake.promise
      wake = Promise.withResolvers<void>()
      for (let item = waiting.shift(); item !== undefined && !signal.aborted; item = waiting.shift()) yield item
    }
  } finally {
    signal.removeEventListener('abort', stop)
    close()
  }
}
