// The virtual clock: what happens next, in order of time, and of arrival where times are equal.
import { type Instant, instant } from '../domain/units.ts'

/** Time that moves only when something happens. */
export type Timeline = {
  readonly now: Instant
  /** Calls `act` at a time; a time that has passed means now, after everything that was called for already. */
  at(time: number, act: () => void): void
  /** Plays everything up to and at a time. Answers how many acts that were. */
  playUntil(end: number): number
}

type Entry = { readonly time: number; readonly order: number; readonly act: () => void }

/** A timeline that starts at a time. */
export function openTimeline(start: Instant): Timeline {
  const heap: Entry[] = []
  let [now, order]: [number, number] = [start, 0]
  return {
    get now() {
      return instant(now)
    },
    at(time, act) {
      push(heap, { time: Math.max(now, time), order: order++, act })
    },
    playUntil(end) {
      let played = 0
      for (let next = heap[0]; next !== undefined && next.time <= end; next = heap[0]) {
        pop(heap)
        now = next.time
        next.act()
        played++
      }
      now = Math.max(now, end)
      return played
    },
  }
}

const before = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

function push(heap: Entry[], entry: Entry): void {
  let place = heap.length
  heap.push(entry)
  for (;;) {
    const above = (place - 1) >> 1
    const parent = heap[above]
    if (place === 0 || parent === undefined || before(parent, entry)) return
    heap[place] = parent
    heap[above] = entry
    place = above
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let place = 0
  heap[0] = last
  for (;;) {
    const child = lesserChild(heap, place)
    const entry = heap[child]
    if (entry === undefined || before(last, entry)) return
    heap[place] = entry
    heap[child] = last
    place = child
  }
}

function lesserChild(heap: readonly Entry[], place: number): number {
  const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
  return left !== undefined && right !== undefined && before(right, left) ? 2 * place + 2 : 2 * place + 1
}
