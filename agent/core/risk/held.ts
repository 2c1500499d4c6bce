// Everything on its way at one instant, with the sums that every candidate is held against: worked out once, whoever asks.
import { type Instant, type VaultId, wad } from '../../domain/units.ts'
import { prorate } from '../../maths/fixed-point.ts'
import { type AssetClass, classOf, STRESSES } from '../../maths/risk/stress.ts'
import { openClaims, travelling } from '../ledger.ts'
import type { Core } from '../state.ts'
import { carriages, cellOf } from './carriages.ts'
import type { Held, Outlays } from './memory.ts'
import type { Cell, Exposure } from './words.ts'

/** What is carried now. */
export function heldNow(core: Core, at: Instant): Held {
  const [last, multiplier] = [core.held, core.beliefs.multiplier]
  const stands = last?.turn === core.turn && last.ledger === core.ledger.changes && last.multiplier === multiplier
  if (stands && last.at === at) return last
  const held = {
    ...{ at, turn: core.turn, ledger: core.ledger.changes, multiplier, carriages: carriages(core, at) },
    ...{ tails: new Map(), stressed: undefined, outlays: undefined },
  }
  core.held = held
  return held
}

/** The loss of everything carried on each of the days of stress. */
export function stressed(core: Core, at: Instant): readonly number[] {
  const held = heldNow(core, at)
  held.stressed ??= lostOf(held.carriages.map(({ cell, amount }) => ({ kind: kindOf(core, cell), amount })))
  return held.stressed
}

/** Dollars of a kind of asset. */
type Stressed = { readonly kind: AssetClass; readonly amount: number }

/** What some dollars lose on each of the days of stress. */
export const lostOf = (all: readonly Stressed[]): readonly number[] =>
  STRESSES.map(({ returns }) => all.reduce((sum, { kind, amount }) => sum - amount * Math.expm1(returns[kind]), 0))

/** Debts of claims on their way, and of bids under way. */
export function outlaysNow(core: Core, at: Instant): Outlays {
  const held = heldNow(core, at)
  held.outlays ??= summed(core)
  return held.outlays
}

function summed(core: Core): Outlays {
  const [byRoute, byKind] = [new Map<VaultId, bigint>(), new Map<AssetClass, bigint>()]
  for (const { cell, debt } of outlays(core)) {
    const kind = kindOf(core, cell)
    byRoute.set(cell.vault, (byRoute.get(cell.vault) ?? 0n) + debt)
    byKind.set(kind, (byKind.get(kind) ?? 0n) + debt)
  }
  return { byRoute, byKind }
}

const outlays = (core: Core): readonly Pick<Exposure, 'cell' | 'debt'>[] => [
  ...openClaims(core.ledger).flatMap(({ claim, debt }) => placed(core, claim, debt)),
  ...travelling(core.ledger).flatMap(({ intent: { quote } }) => {
    const debts = prorate(
      quote.outlay > 0n ? quote.outlay : 0n,
      quote.legs.map(({ value }) => value),
    )
    return quote.legs.flatMap((leg, i) => placed(core, leg, wad(debts[i] ?? 0n)))
  }),
]

function placed(core: Core, where: Parameters<typeof cellOf>[1], debt: Exposure['debt']) {
  const cell = cellOf(core, where)
  return cell === undefined ? [] : [{ cell, debt }]
}

/** The kind of asset that a cell is of. */
export function kindOf({ book }: Core, { engine, feed }: Cell): AssetClass {
  const listed = book.terms.get(engine)?.collaterals.find((one) => one.feed === feed)
  return classOf(listed?.symbol ?? '')
}
