// What a strategy must not reach for. While it decides, each of these notes that it was used; it still works, so that one
// run finds all of them.

/** Runs `work`, and adds the names of whatever it reached for. */
export function withoutAuthority<T>(touched: string[], work: () => T): T {
  const undo = TRAPS.map(({ of, key, name }) => trap(of, key, () => touched.push(name)))
  try {
    return work()
  } finally {
    for (const one of undo) one()
  }
}

const TRAPS: readonly { readonly of: object; readonly key: string; readonly name: string }[] = [
  { of: Date, key: 'now', name: 'Date.now' },
  { of: globalThis, key: 'Date', name: 'Date' },
  { of: performance, key: 'now', name: 'performance.now' },
  { of: Math, key: 'random', name: 'Math.random' },
  { of: globalThis, key: 'fetch', name: 'fetch' },
  { of: globalThis, key: 'setTimeout', name: 'setTimeout' },
  { of: globalThis, key: 'setInterval', name: 'setInterval' },
  { of: globalThis, key: 'setImmediate', name: 'setImmediate' },
  { of: globalThis, key: 'queueMicrotask', name: 'queueMicrotask' },
  { of: process, key: 'hrtime', name: 'process.hrtime' },
  { of: process, key: 'env', name: 'process.env' },
]

function trap(of: object, key: string, note: () => unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(of, key)
  const value: unknown = Reflect.get(of, key)
  Object.defineProperty(of, key, {
    configurable: true,
    get() {
      note()
      return value
    },
  })
  return () => {
    if (before === undefined) Reflect.deleteProperty(of, key)
    else Object.defineProperty(of, key, before)
  }
}
