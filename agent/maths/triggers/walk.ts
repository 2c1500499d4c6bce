// A move of one column: whoever waits in a bucket that it crosses is reached. The bucket it starts in counts too.
import { type Arena, NEXT, OWNER, STAMP, WORDS } from './arena.ts'
import { bucketOf } from './arm.ts'

/** Legs that wait in the buckets between here and a price. */
export function waiting(arena: Arena, column: number, price: number): number {
  const { counts, slots } = arena
  const from = arena.bucket[column] ?? 0
  const to = bucketOf(price)
  const steps = Math.min(Math.abs(to - from), slots - 1)
  const direction = to > from ? 1 : -1
  const start = firstSlot(arena, column, price)
  let sum = 0
  for (let step = 0, bucket = from; step <= steps; step++, bucket += direction)
    sum += counts[start + (bucket & (slots - 1))] ?? 0
  return sum
}

/** Adds the accounts that a move reaches to those of the same `stamp`; answers how many there are now. */
export function walk(arena: Arena, column: number, price: number, { stamp, found }: Reach): number {
  const { heads, slots, legs, accounts, reached } = arena
  const from = arena.bucket[column] ?? 0
  const to = bucketOf(price)
  const steps = Math.min(Math.abs(to - from), slots - 1)
  const direction = to > from ? 1 : -1
  const start = firstSlot(arena, column, price)
  let count = found
  for (let step = 0, bucket = from; step <= steps; step++, bucket += direction)
    for (let leg = heads[start + (bucket & (slots - 1))] ?? -1; leg >= 0; leg = legs.ints[leg * WORDS + NEXT] ?? -1) {
      const account = legs.words[leg * WORDS + OWNER] ?? 0
      if (accounts.words[account * WORDS + STAMP] === stamp) continue
      accounts.words[account * WORDS + STAMP] = stamp
      reached[count++] = account
    }
  return count
}

/** One look: its number, and how many accounts it has reached so far. */
export type Reach = { stamp: number; found: number }

/** A column is at this price now. */
export function moveTo({ price, bucket, usual }: Arena, column: number, to: number): void {
  const from = price[column] ?? Number.NaN
  price[column] = to
  bucket[column] = bucketOf(to)
  const move = Math.abs(to / from - 1)
  if (move < 1) usual[column] = Math.max(LEAST, (usual[column] ?? 0) * (1 - PACE) + move * PACE)
}

const firstSlot = ({ price, slots }: Arena, column: number, to: number): number =>
  (2 * column + (to > (price[column] ?? 0) ? 1 : 0)) * slots

/** How fast a column's usual move follows its moves, and its floor. */
const PACE = 1 / 256
const LEAST = 1e-5
