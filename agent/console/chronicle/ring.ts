// The newest so many of something: old ones fall out, memory stays where it is.

/** Oldest first. */
export type Ring<T> = Iterable<T> & {
  push(item: T): void
  last(): T | undefined
  /** Everything that is still there, oldest first. */
  all(): readonly T[]
  readonly size: number
}

/** Room for `most` items. */
export function createRing<T>(most: number): Ring<T> {
  const items: T[] = []
  let start = 0
  const all = (): readonly T[] => (start === 0 ? items : [...items.slice(start), ...items.slice(0, start)])
  return {
    push(item) {
      if (items.length < most) items.push(item)
      else {
        items[start] = item
        start = (start + 1) % most
      }
    },
    last: () => items[(start + items.length - 1) % Math.max(1, items.length)],
    all,
    get size() {
      return items.length
    },
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  }
}
