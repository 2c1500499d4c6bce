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
  PARKED,
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
import { moveTo, type Reach, waiting, walk } from './walk.ts'

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
  /** Accounts from this one on have not been looked at since a move that was too large to walk. */
  behind: number
  /** Those among all accounts without certain room while some are behind: one bit each. */
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
  behind: NOBODY,
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
  if (tiles !== undefined && crossed(triggers, count, next) > mostWalked(arena)) leap(triggers, count, next)
  else if (count > 0) walkAll(triggers, count, next)
  if (news) for (const account of triggers.unpriced) settle(triggers, account)
  if (behind !== NOBODY || triggers.behind !== NOBODY) catchUp(triggers)
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
  for (let i = 0; i < count; i++) reach.found = walk(arena, moving[i] ?? 0, next[moving[i] ?? 0] ?? 0, reach)
  for (let i = 0; i < count; i++) moveTo(arena, moving[i] ?? 0, next[moving[i] ?? 0] ?? 0)
  for (let i = 0; i < reach.found; i++) settle(triggers, arena.reached[i] ?? 0)
}

/** Numbers of everybody without certain room, ascending. */
export function suspects({ parked, behind, found }: Triggers): readonly number[] {
  const numbers = [...parked]
  if (behind !== NOBODY)
    for (const [i, word] of found.entries())
      for (let left = word; left !== 0; left &= left - 1) {
        const account = i * 32 + 31 - Math.clz32(left & -left)
        if (!parked.has(account)) numbers.push(account)
      }
  return numbers.sort((a, b) => a - b)
}

function crossed({ arena, moving }: Triggers, count: number, next: Float64Array): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += waiting(arena, moving[i] ?? 0, next[moving[i] ?? 0] ?? 0)
  return sum
}

/** A leg that is reached costs as much as the rescan of about ninety accounts. */
const mostWalked = ({ accountCount }: Arena): number => Math.max(512, accountCount / 96)

/** Too far to walk: prices change at once, everybody is behind, and the rescan answers until nobody is. */
function leap(triggers: Triggers, count: number, next: Float64Array): void {
  const { arena, moving } = triggers
  for (let i = 0; i < count; i++) moveTo(arena, moving[i] ?? 0, next[moving[i] ?? 0] ?? 0)
  triggers.behind = LEAPT
}

/** Rescans, and re-arms some of those that are behind: the first answer after a leap comes before any of that. */
function catchUp(triggers: Triggers): void {
  const { arena, tiles, behind } = triggers
  const end = behind === LEAPT ? 0 : Math.min(behind + SLICE, arena.accountCount)
  for (let account = behind; account < end; account++)
    if (((arena.accounts.words[account * WORDS + SHAPE] ?? 0) & (ARMED | PARKED)) !== 0) settle(triggers, account)
  triggers.behind = end < arena.accountCount ? end : NOBODY
  if (triggers.behind !== NOBODY && tiles !== undefined) findAll(triggers, tiles)
}

const measure: Measure = { slack: 0, bound: 0, swing: 0 }

function findAll(triggers: Triggers, tiles: Tiles): void {
  const { arena, spreads } = triggers
  const words = (arena.accountCount + 31) >>> 5
  if (triggers.found.length < words) triggers.found = new Uint32Array((arena.reached.length + 31) >>> 5)
  const { found } = triggers
  found.fill(0)
  const note = (account: number) => {
    found[account >> 5] = (found[account >> 5] ?? 0) | (1 << (account & 31))
  }
  rescan(tiles, arena, note)
  for (const account of spreads.of.keys()) {
    measureSpread(arena, spreads, account, measure)
    if (measure.slack <= measure.bound) note(account)
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
/** Accounts that one move re-arms while some are behind. */
const SLICE = 16_384
/** Nobody is behind; everybody is, since just now. */
const NOBODY = Number.POSITIVE_INFINITY
const LEAPT = -1
