// Accounts whose risk offsets: hedges and options. Their slack is the least of 17 linear functions of the prices, one per
// scenario of the risk arrays and one without a shock; how fast each may fall is bounded column by column.
import { type Arena, DOUBLES, FIRST, LEGS, SHAPE, TRIGGER, WORDS } from './arena.ts'
import { ABSOLUTE, FARTHEST, type Measure, RELATIVE } from './bounds.ts'

/** One account's positions that bear scenario risk: the column of the underlying, the size, and the risk array. */
export type Spread = {
  readonly columns: Uint8Array
  readonly sizes: Float64Array
  readonly rows: Uint8Array
}

/** All of them, and the risk arrays. */
export type Spreads = {
  readonly of: Map<number, Spread>
  /** 16 shocks per row, as ratios. */
  readonly shocks: Float64Array
  /** The column that says how far a published risk array has travelled; -1 where the array stands in the terms. */
  readonly travel: Int16Array
}

/** Scenarios of a risk array. */
export const SCENARIOS = 16
/** Risk arrays that a position can name. */
export const MOST_ROWS = 256

/** No account yet. */
export const openSpreads = (): Spreads => ({
  of: new Map(),
  shocks: new Float64Array(MOST_ROWS * SCENARIOS),
  travel: new Int16Array(MOST_ROWS).fill(-1),
})

/** Slack in the worst scenario, and the swing for which the scenario that has least room for its moves has just enough. */
export function measureSpread(arena: Arena, spreads: Spreads, account: number, into: Measure): void {
  const spread = spreads.of.get(account)
  if (spread === undefined) throw new Error(`account ${account} is marked as a spread and has none`)
  const flat = measureFlat(arena, account)
  profitsInto(arena, spreads, spread)
  swingsInto(arena, spreads, spread, account)
  into.bound = RELATIVE * (flat.gross + flat.exposed * LARGEST_SHOCK) + ABSOLUTE
  let [slack, share] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let s = 0; s <= SCENARIOS; s++) {
    const one = flat.slack + (profits[s] ?? 0)
    const swing = swings[s] ?? 0
    slack = Math.min(slack, one)
    share = Math.min(share, swing > 0 ? (one - into.bound) / swing : Number.POSITIVE_INFINITY)
  }
  into.slack = slack
  into.swing = share === Number.POSITIVE_INFINITY ? 0 : (slack - into.bound) / share
}

const profits = new Float64Array(SCENARIOS + 1)
const swings = new Float64Array(SCENARIOS + 1)
const flat = { slack: 0, gross: 0, exposed: 0 }

/** What does not depend on the scenario. */
function measureFlat({ legs, accounts, price }: Arena, account: number): typeof flat {
  const base = accounts.doubles[account * DOUBLES] ?? 0
  const first = accounts.words[account * WORDS + FIRST] ?? 0
  const end = first + ((accounts.words[account * WORDS + SHAPE] ?? 0) & LEGS)
  flat.slack = base
  flat.gross = Math.abs(base)
  for (let leg = first; leg < end; leg++) {
    const value = (legs.doubles[leg * DOUBLES] ?? 0) * (price[(legs.words[leg * WORDS + TRIGGER] ?? 0) & 0xff] ?? 0)
    flat.slack += value
    flat.gross += Math.abs(value)
  }
  return flat
}

/** What the positions gain in every scenario; nothing without a shock. */
function profitsInto({ price }: Arena, { shocks }: Spreads, { columns, sizes, rows }: Spread): void {
  profits.fill(0)
  flat.exposed = 0
  for (let i = 0; i < sizes.length; i++) {
    const notional = (sizes[i] ?? 0) * (price[columns[i] ?? 0] ?? 0)
    flat.exposed += Math.abs(notional)
    const row = (rows[i] ?? 0) * SCENARIOS
    for (let s = 0; s < SCENARIOS; s++) profits[s] = (profits[s] ?? 0) + notional * (shocks[row + s] ?? 0)
  }
}

/** By how much the usual moves of all columns change each scenario at most. */
function swingsInto({ legs, accounts, price, usual }: Arena, spreads: Spreads, spread: Spread, account: number): void {
  const first = accounts.words[account * WORDS + FIRST] ?? 0
  const end = first + ((accounts.words[account * WORDS + SHAPE] ?? 0) & LEGS)
  swings.fill(0)
  let last = -1
  for (let leg = first; leg < end; leg++) {
    const column = (legs.words[leg * WORDS + TRIGGER] ?? 0) & 0xff
    // The second leg of a column watches the other direction: it has no weight of its own.
    if (column === last) continue
    last = column
    const move = (price[column] ?? 0) * (usual[column] ?? 0)
    for (let s = 0; s <= SCENARIOS; s++) {
      const slope = (legs.doubles[leg * DOUBLES] ?? 0) + slopeOf(spreads, spread, column, s)
      swings[s] = (swings[s] ?? 0) + Math.abs(slope) * move
    }
  }
  travelInto(price, usual, spreads, spread)
}

function slopeOf({ shocks }: Spreads, { columns, sizes, rows }: Spread, column: number, scenario: number): number {
  if (scenario === SCENARIOS) return 0
  let slope = 0
  for (let i = 0; i < sizes.length; i++)
    if (columns[i] === column) slope += (sizes[i] ?? 0) * (shocks[(rows[i] ?? 0) * SCENARIOS + scenario] ?? 0)
  return slope
}

/** A published risk array that changes by a basis point changes a scenario by that much of the notional in the box. */
function travelInto(price: Float64Array, usual: Float64Array, { travel }: Spreads, spread: Spread): void {
  for (let i = 0; i < spread.sizes.length; i++) {
    const column = travel[spread.rows[i] ?? 0] ?? -1
    if (column < 0) continue
    const notional = Math.abs((spread.sizes[i] ?? 0) * (price[spread.columns[i] ?? 0] ?? 0))
    const move = (price[column] ?? 0) * (usual[column] ?? 0)
    for (let s = 0; s < SCENARIOS; s++) swings[s] = (swings[s] ?? 0) + (notional * (1 + FARTHEST) * move) / 10_000
  }
}

/** A shock is an int16 in basis points. */
const LARGEST_SHOCK = 3.2768
