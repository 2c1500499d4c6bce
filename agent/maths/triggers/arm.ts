// One account at the present prices: how much room it has, and at which prices of its columns it must be looked at again.
// Between two looks every column stays inside the account's box, and inside the box its slack is above zero.
import {
  ARMED,
  type Arena,
  DOUBLES,
  FIRST,
  LEGS,
  NEXT,
  OWNER,
  PARKED,
  PREVIOUS,
  SHAPE,
  SPREAD,
  TRIGGER,
  UNLINKED,
  WORDS,
} from './arena.ts'
import { ABSOLUTE, FARTHEST, type Measure, RELATIVE } from './bounds.ts'
import { measureSpread, type Spreads } from './spread.ts'

/** What an account came to: well and waiting; perhaps below, to be confirmed in integers; a price was never heard. */
export type Standing = 'armed' | 'parked' | 'unpriced'

const measure: Measure = { slack: 0, bound: 0, swing: 0 }

/** Looks at an account and sets its triggers. What is parked waits nowhere: it is looked at with every move. */
export function arm(arena: Arena, spreads: Spreads, account: number): Standing {
  const words = arena.accounts.words
  const at = account * WORDS
  const shape = words[at + SHAPE] ?? 0
  const first = words[at + FIRST] ?? 0
  const end = first + (shape & LEGS)
  if ((shape & SPREAD) === 0) measurePlain(arena, arena.accounts.doubles[account * DOUBLES] ?? 0, first, end)
  else measureSpread(arena, spreads, account, measure)
  const room = measure.slack - measure.bound
  if (!(room > 0)) {
    for (let leg = first; leg < end; leg++) unlink(arena, leg)
    words[at + SHAPE] = (shape | PARKED) & ~ARMED
    return Number.isNaN(room) ? 'unpriced' : 'parked'
  }
  words[at + SHAPE] = (shape | ARMED) & ~PARKED
  // Without exposure it waits at the farthest.
  measure.swing = measure.swing > 0 ? (room / measure.swing) * SAFE : Number.POSITIVE_INFINITY
  for (let leg = first; leg < end; leg++) setTrigger(arena, leg, measure, account)
  return 'armed'
}

/** An account that is linear in every column. */
function measurePlain({ legs, price, usual }: Arena, base: number, first: number, end: number): void {
  let slack = base
  let gross = Math.abs(base)
  let swing = 0
  for (let leg = first; leg < end; leg++) {
    const column = (legs.words[leg * WORDS + TRIGGER] ?? 0) & 0xff
    const value = (legs.doubles[leg * DOUBLES] ?? 0) * (price[column] ?? 0)
    const size = Math.abs(value)
    slack += value
    gross += size
    swing += size * (usual[column] ?? 0)
  }
  measure.slack = slack
  measure.bound = RELATIVE * gross + ABSOLUTE
  measure.swing = swing
}

/** Arms one leg where its share of the room ends (by now `swing` is that share, in usual moves), unless it waits at a place that is still as good. */
function setTrigger(arena: Arena, leg: number, { swing: share }: Measure, account: number): void {
  const { ints, words } = arena.legs
  const at = leg * WORDS
  const old = words[at + TRIGGER] ?? 0
  const column = old & 0xff
  const up = (ints[at + 1] ?? 0) < 0
  const price = arena.price[column] ?? 0
  const ratio = Math.min(share * (arena.usual[column] ?? 0), FARTHEST)
  const now = arena.bucket[column] ?? 0
  const bucket = bucketOf(up ? price * (1 + ratio) : price * (1 - ratio))
  if (ints[at + PREVIOUS] !== UNLINKED) {
    const waits = old >>> 8
    const held = up ? waits - now : now - waits
    const allowed = up ? bucket - now : now - bucket
    // A trigger that is tighter than it must be, but not by much, stays.
    if (held >= 0 && held <= allowed && held * 2 >= allowed) return
    unlink(arena, leg)
  }
  words[at + TRIGGER] = ((bucket << 8) | column) >>> 0
  words[at + OWNER] = account
  link(arena, leg, slotOf(arena, column, up, bucket))
}

function link({ legs: { ints }, heads, counts }: Arena, leg: number, slot: number): void {
  const head = heads[slot] ?? -1
  ints[leg * WORDS + NEXT] = head
  ints[leg * WORDS + PREVIOUS] = -1
  if (head >= 0) ints[head * WORDS + PREVIOUS] = leg
  heads[slot] = leg
  counts[slot] = (counts[slot] ?? 0) + 1
}

/** Takes a leg out of its slot, if it waits in one. */
export function unlink(arena: Arena, leg: number): void {
  const { ints, words } = arena.legs
  const at = leg * WORDS
  const previous = ints[at + PREVIOUS] ?? UNLINKED
  if (previous === UNLINKED) return
  const next = ints[at + NEXT] ?? -1
  const trigger = words[at + TRIGGER] ?? 0
  const slot = slotOf(arena, trigger & 0xff, (ints[at + 1] ?? 0) < 0, trigger >>> 8)
  if (previous >= 0) ints[previous * WORDS + NEXT] = next
  else arena.heads[slot] = next
  if (next >= 0) ints[next * WORDS + PREVIOUS] = previous
  ints[at + PREVIOUS] = UNLINKED
  arena.counts[slot] = (arena.counts[slot] ?? 0) - 1
}

/** Where legs of a column, a direction and a bucket wait. */
export const slotOf = ({ slots }: Arena, column: number, up: boolean, bucket: number): number =>
  (2 * column + (up ? 1 : 0)) * slots + (bucket & (slots - 1))

/** Exponent and 13 bits of the fraction of a positive double: rises with it, 0.6 to 1.2 bp wide, no logarithm. */
export function bucketOf(price: number): number {
  scratch[0] = price
  return (scratchWords[1] ?? 0) >> 7
}

const scratch = new Float64Array(1)
const scratchWords = new Int32Array(scratch.buffer)

/** For the rounding of budgets and triggers. */
const SAFE = 1 - 1e-9
