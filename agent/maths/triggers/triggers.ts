// Accounts by number as a trigger ladder: each waits at the prices where it could first be below maintenance, and a move
// looks only at those it crosses. A move that crosses too many rescans everything instead, and re-arms afterwards.
import {
  ARMED,
  type Arena,
  DOUBLES,
  FIRST,
  freeLegs,
  LEGS,
  newAccount,
  newLegs,
  openArena,
  PREVIOUS,
  SHAPE,
  SPREAD,
  STAMP,
  TRIGGER,
  UNLINKED,
  WORDS,
} from './arena.ts'
import { arm, type Standing, unlink } from './arm.ts'
import type { Measure } from './bounds.ts'
import type { Legs } from './legs.ts'
import { measureSpread, openSpreads, type Spreads } from './spread.ts'
import { openTiles, rescan, seat, type Tiles, unseat } from './tiles.ts'
import { moveTo, type Reach, type Stretch, stretchInto, waiting, walk } from './walk.ts'

/** Changed by the functions below and by nothing else. */
export type Triggers = {
  readonly columns: number
  arena: Arena
  readonly spreads: Spreads
  /** Only of a large book. */
  tiles: Tiles | undefined
  /** Without certain room at the last look: to be confirmed in integers. No move looks at them, whoever asks does. */
  readonly parked: Set<number>
  /** They wait for the first price of a column. */
  readonly unpriced: Set<number>
  /** What moves that were too large to walk have left to be walked. */
  readonly behind: Stretch[]
  /** While something is: everybody without certain room, one bit each. */
  found: Uint32Array
  /** Columns that the move under way changes. */
  readonly moving: Uint16Array
  readonly reach: Reach
}

/** Without accounts or prices. */
export const openTriggers = (columns: number): Triggers => ({
  columns,
  arena: openArena(columns, FEW_SLOTS),
  spreads: openSpreads(),
  tiles: undefined,
  parked: new Set(),
  unpriced: new Set(),
  behind: [],
  found: new Uint32Array(0),
  moving: new Uint16Array(columns),
  reach: { stamp: 0, found: 0 },
})

/** Takes over what an account holds now. A number that is new may be at most one above the others. */
export function load(triggers: Triggers, account: number, { base, legs, spread }: Legs): void {
  if (account < triggers.arena.accountCount) release(triggers, account)
  else newAccount(triggers.arena)
  const { arena, spreads } = triggers
  const first = newLegs(arena, legs.length)
  legs.forEach(({ column, weight }, i) => {
    arena.legs.doubles[(first + i) * DOUBLES] = weight
    arena.legs.words[(first + i) * WORDS + TRIGGER] = column
    arena.legs.ints[(first + i) * WORDS + PREVIOUS] = UNLINKED
  })
  arena.accounts.doubles[account * DOUBLES] = base
  const { words } = arena.accounts
  words[account * WORDS + FIRST] = first
  words[account * WORDS + SHAPE] = legs.length | (spread === undefined ? 0 : SPREAD)
  words[account * WORDS + STAMP] = 0
  if (spread !== undefined) spreads.of.set(account, spread)
  settle(triggers, account)
  if (triggers.tiles !== undefined && spread === undefined) seat(triggers.tiles, arena, account)
  if (triggers.tiles === undefined && arena.accountCount >= LARGE) enlarge(triggers)
}

/** Nothing is watched of an account any more. */
export function release(triggers: Triggers, account: number): void {
  const { arena, tiles, parked, unpriced, spreads, found } = triggers
  const { words } = arena.accounts
  const shape = words[account * WORDS + SHAPE] ?? 0
  const first = words[account * WORDS + FIRST] ?? 0
  if (tiles !== undefined) unseat(tiles, arena, account)
  for (let leg = first; leg < first + (shape & LEGS); leg++) unlink(arena, leg)
  if ((shape & LEGS) > 0) freeLegs(arena, first, shape & LEGS)
  words[account * WORDS + SHAPE] = 0
  parked.delete(account)
  unpriced.delete(account)
  spreads.of.delete(account)
  if (account >> 5 < found.length) found[account >> 5] = (found[account >> 5] ?? 0) & ~(1 << (account & 31))
}

/** Looks at one account at the present prices. */
export function settle({ arena, spreads, parked, unpriced }: Triggers, account: number): Standing {
  const was = arena.accounts.words[account * WORDS + SHAPE] ?? 0
  const standing = arm(arena, spreads, account)
  if ((was & ARMED) !== 0 && standing === 'armed') return standing
  parked.delete(account)
  unpriced.delete(account)
  if (standing === 'parked') parked.add(account)
  else if (standing === 'unpriced') unpriced.add(account)
  return standing
}

/** Every column goes where `next` says; one that is not a number stays. What lost its certain room is parked. */
export function move(triggers: Triggers, next: Float64Array): void {
  const { arena, tiles, behind } = triggers
  const news = triggers.unpriced.size > 0 && hasNews(triggers, next)
  const count = listMoving(triggers, next)
  if (tiles !== undefined && crossed(triggers, count, next) > mostWalked(arena)) leap(triggers, tiles, count, next)
  else {
    if (count > 0) walkAll(triggers, count, next)
    if (tiles !== undefined && behind.length > 0) catchUp(triggers, tiles)
  }
  if (news) for (const account of triggers.unpriced) settle(triggers, account)
}

/** Whether a column gets its first price. */
function hasNews({ columns, arena: { price } }: Triggers, next: Float64Array): boolean {
  for (let column = 0; column < columns; column++)
    if (Number.isNaN(price[column] ?? 0) && !Number.isNaN(next[column] ?? Number.NaN)) return true
  return false
}

function listMoving({ columns, arena: { price }, moving }: Triggers, next: Float64Array): number {
  let count = 0
  for (let column = 0; column < columns; column++) {
    const to = next[column] ?? Number.NaN
    if (!Number.isNaN(to) && to !== price[column]) moving[count++] = column
  }
  return count
}

function walkAll(triggers: Triggers, count: number, next: Float64Array): void {
  const { arena, moving, reach } = triggers
  reach.stamp = (reach.stamp + 1) >>> 0
  reach.found = 0
  for (let i = 0; i < count; i++) {
    stretchInto(stretch, arena, moving[i] ?? 0, next)
    walk(arena, stretch, reach, Number.MAX_SAFE_INTEGER)
  }
  for (let i = 0; i < count; i++) moveTo(arena, moving[i] ?? 0, next)
  for (let i = 0; i < reach.found; i++) settle(triggers, arena.reached[i] ?? 0)
}

const noStretch = (): Stretch => ({ start: 0, bucket: 0, direction: 1, left: 0 })
const stretch = noStretch()

/** Numbers of everybody without certain room, ascending. */
export function suspects(triggers: Triggers): readonly number[] {
  const { parked, behind } = triggers
  if (behind.length === 0) return [...parked].sort((a, b) => a - b)
  // Some may have been parked since the rescan.
  for (const account of parked) note(triggers, account)
  const { found } = triggers
  const numbers: number[] = []
  for (let i = 0; i < found.length; i++)
    for (let left = found[i] ?? 0; left !== 0; left &= left - 1) numbers.push(i * 32 + 31 - Math.clz32(left & -left))
  return numbers
}

function note(triggers: Triggers, account: number): void {
  const word = account >> 5
  if (word >= triggers.found.length) {
    const bigger = new Uint32Array((triggers.arena.reached.length + 31) >>> 5)
    bigger.set(triggers.found)
    triggers.found = bigger
  }
  triggers.found[word] = (triggers.found[word] ?? 0) | (1 << (account & 31))
}

function crossed({ arena, moving }: Triggers, count: number, next: Float64Array): number {
  let sum = 0
  for (let i = 0; i < count; i++) {
    stretchInto(stretch, arena, moving[i] ?? 0, next)
    sum += waiting(arena, stretch)
  }
  return sum
}

/** A leg that is reached costs as much as the rescan of about ninety accounts. */
const mostWalked = ({ accountCount }: Arena): number => Math.max(512, accountCount / 96)

/** Too far to walk: prices change at once, the rescan answers, and whom the move reached is re-armed afterwards. */
function leap(triggers: Triggers, tiles: Tiles, count: number, next: Float64Array): void {
  const { arena, moving, behind } = triggers
  for (let i = 0; i < count; i++) {
    const left = noStretch()
    stretchInto(left, arena, moving[i] ?? 0, next)
    behind.push(left)
    moveTo(arena, moving[i] ?? 0, next)
  }
  findAll(triggers, tiles)
}

/** Re-arms some of those that are behind; until nobody is, the rescan answers. */
function catchUp(triggers: Triggers, tiles: Tiles): void {
  const { arena, behind, reach } = triggers
  reach.stamp = (reach.stamp + 1) >>> 0
  reach.found = 0
  for (let left = behind.at(-1); left !== undefined && reach.found < SLICE; left = behind.at(-1)) {
    walk(arena, left, reach, SLICE)
    if (left.left === 0) behind.pop()
  }
  for (let i = 0; i < reach.found; i++) settle(triggers, arena.reached[i] ?? 0)
  if (behind.length > 0) findAll(triggers, tiles)
}

const measure: Measure = { slack: 0, bound: 0, swing: 0 }

function findAll(triggers: Triggers, tiles: Tiles): void {
  const { arena, spreads } = triggers
  triggers.found.fill(0)
  rescan(tiles, arena, (account) => note(triggers, account))
  for (const account of spreads.of.keys()) {
    measureSpread(arena, spreads, account, measure)
    if (measure.slack <= measure.bound) note(triggers, account)
  }
}

/** A large book has finer slots, and tiles for the rescan. */
function enlarge(triggers: Triggers): void {
  const { arena } = triggers
  const tiles = openTiles()
  for (let leg = 0; leg < arena.legCount; leg++) arena.legs.ints[leg * WORDS + PREVIOUS] = UNLINKED
  const length = 2 * triggers.columns * MANY_SLOTS
  triggers.arena = {
    ...arena,
    heads: new Int32Array(length).fill(-1),
    counts: new Int32Array(length),
    slots: MANY_SLOTS,
  }
  triggers.tiles = tiles
  for (let account = 0; account < arena.accountCount; account++) {
    const shape = arena.accounts.words[account * WORDS + SHAPE] ?? 0
    if (shape === 0) continue
    settle(triggers, account)
    if ((shape & SPREAD) === 0) seat(tiles, triggers.arena, account)
  }
}

/** Accounts from which on a book is large. */
export const LARGE = 4_096
const FEW_SLOTS = 512
const MANY_SLOTS = 4_096
/** Accounts that one move re-arms while some are behind, and those of one more slot. */
const SLICE = 2_048
