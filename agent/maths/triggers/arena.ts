// The memory of a trigger ladder: plain numbers in a few buffers, so that a move of prices allocates nothing and a
// million accounts fit where a hundred thousand objects would.

/**
 * Leg, 24 bytes: weight f64 (its sign bit is the direction that hurts: set for up), next i32, previous i32 (-1 first in its
 * slot, UNLINKED), owner u32, trigger bucket << 8 | column u32.
 * Account, 24 bytes: base f64, first leg u32, shape u32 (legs, flags), stamp u32 (last move that reached it), seat u32 (its
 * place in the tiles, plus one).
 */
export type Arena = {
  /** Columns, at most 256: current price, its bucket, and how much it usually moves. */
  readonly price: Float64Array
  readonly bucket: Int32Array
  readonly usual: Float64Array
  /** First leg of every slot of every column and direction, or -1; and how many legs wait there. */
  heads: Int32Array
  counts: Int32Array
  /** Slots per column and direction, a power of two. */
  readonly slots: number
  legs: Views
  accounts: Views
  /** Accounts that a move has reached, before they are looked at. */
  reached: Uint32Array
  /** Free blocks of legs by size. */
  readonly free: number[][]
  /** Legs and accounts handed out so far. */
  legCount: number
  accountCount: number
}

/** One buffer as doubles and as integers. */
export type Views = { readonly doubles: Float64Array; readonly ints: Int32Array; readonly words: Uint32Array }

/** Columns that a leg can name. */
export const MOST_COLUMNS = 256
/** Doubles and words of a leg or an account. */
export const DOUBLES = 3
export const WORDS = 6
/** Words of a leg. */
export const NEXT = 2
export const PREVIOUS = 3
export const OWNER = 4
export const TRIGGER = 5
/** Words of an account. */
export const FIRST = 2
export const SHAPE = 3
export const STAMP = 4
export const SEAT = 5
/** In place of a previous leg: waits nowhere. */
export const UNLINKED = -2
/** Flags in an account's shape, above the number of its legs. */
export const LEGS = 0xffff
export const SPREAD = 0x1_0000
export const PARKED = 0x2_0000
export const ARMED = 0x4_0000

const views = (bytes: number): Views => {
  const buffer = new ArrayBuffer(bytes)
  return { doubles: new Float64Array(buffer), ints: new Int32Array(buffer), words: new Uint32Array(buffer) }
}

/** An arena for this many columns. Few slots serve a small book: more than one bucket then shares a slot. */
export function openArena(columns: number, slots: number): Arena {
  return {
    price: new Float64Array(MOST_COLUMNS).fill(Number.NaN),
    bucket: new Int32Array(MOST_COLUMNS),
    usual: new Float64Array(MOST_COLUMNS).fill(LEAST_MOVE),
    heads: new Int32Array(2 * columns * slots).fill(-1),
    counts: new Int32Array(2 * columns * slots),
    slots,
    legs: views(64 * DOUBLES * 8),
    accounts: views(32 * DOUBLES * 8),
    reached: new Uint32Array(32),
    free: [],
    legCount: 0,
    accountCount: 0,
  }
}

/** What a column is expected to move at least, as a ratio. */
export const LEAST_MOVE = 1e-5

/** The next account's number. It holds nothing yet. */
export function newAccount(arena: Arena): number {
  const account = arena.accountCount++
  if (arena.accountCount > arena.reached.length) {
    arena.accounts = grown(arena.accounts, arena.accountCount + 32)
    arena.reached = new Uint32Array(arena.accounts.doubles.length / DOUBLES)
  }
  return account
}

/** A block of unlinked legs for an account. */
export function newLegs(arena: Arena, size: number): number {
  const free = arena.free[size]?.pop()
  if (free !== undefined) return free
  const first = arena.legCount
  arena.legCount += size
  if (arena.legCount * DOUBLES > arena.legs.doubles.length) arena.legs = grown(arena.legs, arena.legCount)
  return first
}

/** Takes a block back. Its legs must wait nowhere. */
export function freeLegs(arena: Arena, first: number, size: number): void {
  const same = arena.free[size] ?? []
  arena.free[size] = same
  same.push(first)
}

/** Room for at least so many records, and for a fifth more. */
function grown(old: Views, records: number): Views {
  const bigger = views(Math.ceil(records * 1.2) * DOUBLES * 8)
  bigger.doubles.set(old.doubles)
  return bigger
}
