// Everything in flight, reserved or held, over common scenarios: one loss per row, for all of it and for every asset,
// route and chain. What moves on the same path nets. Until scenarios are drawn, shortfalls simply add up.

import type { Instant } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import * as portfolio from '../../maths/risk/portfolio.ts'
import type { LevelRisk } from '../../maths/risk/tail-select.ts'
import { fnv1a } from '../../maths/seeded.ts'
import type { Core } from '../state.ts'
import { heldNow } from './held.ts'
import { lawAt, vaultOf } from './laws.ts'
import type { Carried, Placed } from './memory.ts'
import { type Carriage, type Cell, type Exposure, LEVELS, type Table } from './words.ts'

/** Scenarios came: what is carried is laid out over them. An answer to an older question is left out. */
export function takeScenarios(core: Core, at: Instant, table: Table): void {
  if (table.spec.id !== core.asked?.id) return
  core.carried = openCarried(table)
  carry(core, at)
}

/** Nothing held yet, over a new table. */
function openCarried(table: Table): Carried {
  const whole = portfolio.openBook(table.spec.market, table.scenarios)
  const empty = {
    parts: new Map(),
    held: new Map(),
    risks: new Map(),
    shares: new Map(),
    units: new Map(),
    stretches: new Map(),
  }
  return { table, whole, ...empty, tail: undefined }
}

/** Brings the losses up to what the ledger says. */
export function carry(core: Core, at: Instant): void {
  const { carried } = core
  if (carried === undefined) return
  carried.stretches.clear()
  const wanted = new Map<string, Omit<Placed, 'parts'>>(
    heldNow(core, at).carriages.flatMap((one) => {
      const holding = holdingOf(carried.table, one)
      const { key, cell, ticket, amount, elapsed } = one
      return holding === undefined ? [] : [[`${key}:${amount}:${elapsed}`, { holding, cell, ticket }] as const]
    }),
  )
  const gone = [...carried.held].filter(([key]) => !wanted.has(key))
  const come = [...wanted].filter(([key]) => !carried.held.has(key))
  if (gone.length + come.length === 0) return
  for (const [key, placed] of gone) {
    for (const book of booksOf(carried, placed.parts)) portfolio.remove(book, placed.holding)
    carried.held.delete(key)
  }
  if (carried.held.size === 0) for (const book of [carried.whole, ...carried.parts.values()]) book.losses.fill(0)
  for (const [key, one] of come) {
    const placed = { ...one, parts: partsOf(core, one.cell) }
    for (const book of booksOf(carried, placed.parts)) portfolio.add(book, placed.holding)
    carried.held.set(key, placed)
  }
  carried.risks.clear()
  carried.shares.clear()
  carried.tail = undefined
}

/** The parts of everything that a cell belongs to. */
export const partsOf = (core: Core, cell: Cell): readonly string[] => [
  `asset ${cell.engine}:${cell.feed}`,
  `route ${cell.vault}`,
  `chain ${vaultOf(core, cell)?.chain ?? 0}`,
]

/** Name of the whole. */
export const WHOLE = 'all'

function* booksOf(carried: Carried, parts: readonly string[]): Generator<portfolio.Book> {
  yield carried.whole
  for (const name of parts) {
    const book = carried.parts.get(name) ?? portfolio.partOf(carried.whole)
    carried.parts.set(name, book)
    yield book
  }
}

/** The losses of one leg or position in the table's rows; undefined when the table does not know its asset or route. */
function holdingOf({ spec }: Table, { key, cell, amount, elapsed }: Carriage): portfolio.Holding | undefined {
  const asset = spec.assets.indexOf(`${cell.engine}:${cell.feed}`)
  const route = spec.routes.indexOf(cell.vault)
  return asset < 0 || route < 0 ? undefined : { id: idOf(key), asset, route, fixed: 0, exposure: amount, elapsed }
}

/** Tells settlements apart, the same ones always the same way. */
const idOf = (key: string): number => fnv1a(key) >>> 0

/** Expected shortfall at the first level of everything carried, in dollars. */
export const shortfallCarried = (core: Core, at: Instant): number => Math.max(0, riskOf(core, at, WHOLE)[0]?.ES ?? 0)

/** VaR and ES of a part at every level. Without scenarios: the bound that no dependence exceeds. */
export function riskOf(core: Core, at: Instant, part: string): readonly LevelRisk[] {
  const { carried } = core
  if (carried === undefined) return addedUp(core, at, part)
  return stretched(core, at, part, tableRisk(carried, part))
}

/** By the table alone, worked out once for what is held now. */
function tableRisk(carried: Carried, part: string): readonly LevelRisk[] {
  const known = carried.risks.get(part) ?? portfolio.riskOf(bookOf(carried, part), LEVELS)
  carried.risks.set(part, known)
  return known
}

const bookOf = (carried: Carried, part: string): portfolio.Book =>
  part === WHOLE ? carried.whole : (carried.parts.get(part) ?? portfolio.partOf(carried.whole))

/** The table's tails, as long as the laws of the moment and the evidence about earlier ones have them. */
function stretched(core: Core, at: Instant, part: string, risks: readonly LevelRisk[]): readonly LevelRisk[] {
  const stretches = core.carried && stretchOf(core, core.carried, at, part)
  return risks.map(({ alpha, VaR, ES }, level) => {
    const by = (stretches?.[level] ?? 1) * core.beliefs.multiplier
    return { alpha, VaR: VaR * by, ES: ES * by }
  })
}

/** Sums of tails by the laws over sums of tails in the table; a law that nobody trusts leaves the table's. */
function stretchOf(core: Core, carried: Carried, at: Instant, part: string): readonly number[] {
  const known = carried.stretches.get(part)
  if (known !== undefined) return known
  const found = LEVELS.map((_, level) => {
    let [now, then] = [0, 0]
    for (const { holding, cell, ticket, parts } of carried.held.values()) {
      if (part !== WHOLE && !parts.includes(part)) continue
      const law = lawAt(core, at, cell, ticket)
      const unit = unitOf(carried, holding)[level]?.ES ?? 0
      then += Math.abs(holding.exposure) * unit
      now += Math.abs(holding.exposure) * ('type' in law ? unit : (law.shortfalls[level] ?? unit))
    }
    return then > 0 ? now / then : 1
  })
  carried.stretches.set(part, found)
  return found
}

/** Hedges are left out: without scenarios nobody knows what they hedge. What has no law counts in full. */
function addedUp(core: Core, at: Instant, part: string): readonly LevelRisk[] {
  const { tails, carriages } = heldNow(core, at)
  const known = tails.get(part)
  if (known !== undefined) return known
  const longs = carriages.filter(
    ({ cell, amount }) => amount > 0 && (part === WHOLE || partsOf(core, cell).includes(part)),
  )
  const found = LEVELS.map((alpha, level) => {
    const ES = longs.reduce((sum, { cell, amount, ticket }) => {
      const law = lawAt(core, at, cell, ticket)
      return (
        sum +
        ('type' in law ? amount : Math.min(amount, core.beliefs.multiplier * amount * (law.shortfalls[level] ?? 1)))
      )
    }, 0)
    return { alpha, VaR: ES, ES }
  })
  tails.set(part, found)
  return found
}

/** VaR and ES of a part with some legs on top; undefined without scenarios that know them. */
export function riskWith(
  core: Core,
  at: Instant,
  part: string,
  legs: readonly Exposure[],
): readonly LevelRisk[] | undefined {
  const { carried } = core
  const holdings = carried && candidates(carried, legs)
  if (carried === undefined || holdings === undefined) return undefined
  return stretched(core, at, part, portfolio.riskWith(bookOf(carried, part), holdings, LEVELS))
}

function candidates({ table }: Carried, legs: readonly Exposure[]): readonly portfolio.Holding[] | undefined {
  const found = legs.flatMap(({ cell, value, debt }, i) => {
    const carriage = { key: `candidate ${i}`, cell, amount: debt > 0n ? toDouble(value) : 0, elapsed: 0, ticket: debt }
    return holdingOf(table, carriage) ?? []
  })
  return found.length === legs.length ? found : undefined
}

/**
 * What a candidate adds to the tail of everything carried, as a share of its legs' own tails: one when all fall together,
 * less when they differ, below zero for what hedges. Exact, or by Euler when the candidate is small.
 */
export function shareOfOwn(core: Core, legs: readonly Exposure[]): number {
  const { carried } = core
  const holdings = carried && candidates(carried, legs)
  if (carried === undefined || holdings === undefined) return 1
  const key = holdings.map(({ asset, route, exposure }) => `${asset}.${route}.${sizeOf(exposure)}`).join()
  const known = carried.shares.get(key)
  if (known !== undefined) return known
  const own = holdings.reduce((sum, holding) => sum + holding.exposure * (unitOf(carried, holding)[0]?.ES ?? 1), 0)
  const added = own > 0 ? addedBy(carried, holdings, own) / own : 1
  const share = Math.max(-1, Math.min(1, added))
  carried.shares.set(key, share)
  return share
}

/** Sizes within a fifth of each other share an answer: a share hardly moves with size. */
const sizeOf = (exposure: number): number => Math.round(4 * Math.log2(Math.max(1, exposure)))

/** Tails of one dollar in a cell, by the table. */
function unitOf(carried: Carried, { asset, route }: portfolio.Holding): readonly LevelRisk[] {
  const key = `${asset}.${route}`
  const known = carried.units.get(key)
  if (known !== undefined) return known
  const one = { id: 0, asset, route, fixed: 0, exposure: 1, elapsed: 0 }
  const found = portfolio.riskWith(portfolio.partOf(carried.whole), [one], LEVELS)
  carried.units.set(key, found)
  return found
}

/** Below this share of what is carried, the tail stays where it is. */
const SMALL = 0.02

function addedBy(carried: Carried, holdings: readonly portfolio.Holding[], own: number): number {
  const [risk] = tableRisk(carried, WHOLE)
  if (risk === undefined) return own
  if (own >= SMALL * risk.ES) return (portfolio.riskWith(carried.whole, holdings, [LEVELS[0]])[0]?.ES ?? own) - risk.ES
  carried.tail ??= portfolio.tailRows(carried.whole, risk)
  const { tail } = carried
  return holdings.reduce((sum, holding) => sum + portfolio.euler(carried.whole, holding, tail), 0)
}
