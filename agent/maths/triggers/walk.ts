// A move of one column: whoever waits in a bucket that it crosses is reached. The bucket it starts in counts too. Prices
// come in their array: a number that is handed over by itself would be allocated.
import { type Arena, NEXT, OWNER, STAMP, WORDS } from './arena.ts'
import { bucketOf } from './arm.ts'

/** One look: its number, and how many accounts it has reached so far. */
export type Reach = { stamp: number; found: number }

/** Slots that a move crosses, in order: of which column and direction, from which bucket, how many. */
export type Stretch = { start: number; bucket: number; direction: number; left: number }

/** Where a move of a column leads. */
export function stretchInto(into: Stretch, arena: Arena, column: number, next: Float64Array): void {
  const to = next[column] ?? 0
  const up = to > (arena.price[column] ?? 0)
  const steps = bucketOf(to) - (arena.bucket[column] ?? 0)
  into.start = (2 * column + (up ? 1 : 0)) * arena.slots
  into.bucket = arena.bucket[column] ?? 0
  into.direction = steps > 0 ? 1 : -1
  into.left = Math.min(Math.abs(steps), arena.slots - 1) + 1
}

/** Legs that wait along a stretch. */
export function waiting({ counts, slots }: Arena, { start, bucket, direction, left }: Stretch): number {
  let sum = 0
  for (let step = 0; step < left; step++) sum += counts[start + ((bucket + step * direction) & (slots - 1))] ?? 0
  return sum
}

/** Goes along a stretch until its end, or until so many accounts are reached; what is left of it stays in it. */
export function walk(arena: Arena, stretch: Stretch, reach: Reach, most: number): void {
  const { heads, slots, legs, accounts, reached } = arena
  for (; stretch.left > 0 && reach.found < most; stretch.left--, stretch.bucket += stretch.direction) {
    let leg = heads[stretch.start + (stretch.bucket & (slots - 1))] ?? -1
    for (; leg >= 0; leg = legs.ints[leg * WORDS + NEXT] ?? -1) {
      const account = legs.words[leg * WORDS + OWNER] ?? 0
      if (accounts.words[account * WORDS + STAMP] === reach.stamp) continue
      accounts.words[account * WORDS + STAMP] = reach.stamp
      reached[reach.found++] = account
    }
  }
}

/** A column is where `next` says. */
export function moveTo({ price, bucket, usual }: Arena, column: number, next: Float64Array): void {
  const from = price[column] ?? Number.NaN
  const to = next[column] ?? Number.NaN
  price[column] = to
  bucket[column] = bucketOf(to)
  const move = Math.abs(to / from - 1)
  if (move < 1) usual[column] = Math.max(LEAST, (usual[column] ?? 0) * (1 - PACE) + move * PACE)
}

/** How fast a column's usual move follows its moves, and its floor. */
const PACE = 1 / 256
const LEAST = 1e-5
