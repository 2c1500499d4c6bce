// What a margin account is in columns: a base in dollars, a weight per column, and positions whose risk offsets.
import type { Instrument, MarginAccount, Position } from '../../domain/market.ts'
import { abs, max, min, toDouble } from '../fixed-point.ts'
import { BPS, positionValue, unpackShocks } from '../margin.ts'
import { type Columns, FUNDING_ZERO } from './columns.ts'
import type { Spread } from './spread.ts'

/** Slack in dollars = base + sum of weight x column (- scan loss of a spread). */
export type Legs = {
  readonly base: number
  /** Ascending by column. A spread has two where it watches both directions: the second weighs nothing. */
  readonly legs: readonly { readonly column: number; readonly weight: number }[]
  readonly spread: Spread | undefined
}

/** Undefined where terms lack what the account holds: its margin is not known either. */
export function legsOf(account: MarginAccount, columns: Columns): Legs | undefined {
  const sum: Sum = { base: account.cash, weights: new Map(), risks: [] }
  for (const position of account.positions)
    if (position.size !== 0n && !addPosition(sum, position, columns)) return undefined
  if (account.mode !== 'cross')
    for (const { collateral, amount } of account.credit)
      if (amount !== 0n && !addCollateral(sum, collateral, amount, columns)) return undefined
  return isAdditive(sum.risks) ? additive(sum) : spreadOf(sum, columns)
}

/** Sums are integers until the end, so that what cancels leaves no rounding behind. Weights in 1e-22. */
type Sum = { base: bigint; readonly weights: Map<number, bigint>; readonly risks: Risk[] }
type Risk = { readonly size: bigint; readonly column: number; readonly instrument: Instrument; readonly row: number }

const weigh = ({ weights }: Sum, column: number, weight: bigint): unknown =>
  weights.set(column, (weights.get(column) ?? 0n) + weight)

function addPosition(sum: Sum, { instrument: id, size, entryFunding = 0n }: Position, columns: Columns): boolean {
  const instrument = columns.instruments.get(id)
  if (instrument === undefined) return false
  if (instrument.payoff !== undefined) {
    sum.base += positionValue(size, instrument.payoff)
    return true
  }
  const mark = columns.feeds.get(instrument.markFeed)
  const underlying = columns.feeds.get(instrument.underlyingFeed)
  const row = columns.rows.get(id)
  if (mark === undefined || underlying === undefined || row === undefined) return false
  weigh(sum, mark, size * BPS)
  weigh(sum, underlying, -abs(size) * BigInt(instrument.contingency))
  sum.risks.push({ size, column: underlying, instrument, row })
  const funding = columns.funding.get(id)
  if (funding !== undefined) weigh(sum, funding, -size * BPS)
  sum.base += (size * entryFunding) / WAD + (funding === undefined ? 0n : size * BigInt(FUNDING_ZERO))
  return true
}

function addCollateral(sum: Sum, id: number, amount: bigint, columns: Columns): boolean {
  const column = columns.collaterals.get(id)
  const held = columns.held.get(id)
  if (column === undefined || held === undefined) return false
  weigh(sum, column, amount * 10n ** BigInt(22 - held.decimals))
  return true
}

/** One scenario is the worst of every position: their losses add up, whatever prices are. */
function isAdditive(risks: readonly Risk[]): boolean {
  if (risks.some(({ instrument }) => instrument.kind === 'option')) return false
  if (risks.length < 2) return true
  const gains = risks.map(({ size, instrument }) =>
    unpackShocks(instrument.shocks).map((shock) => (size < 0n ? -shock : shock)),
  )
  const worst = gains.map((all) => all.reduce(min<bigint>, 0n))
  return (gains[0] ?? []).some((_, s) => gains.every((all, i) => all[s] === worst[i]))
}

function additive(sum: Sum): Legs {
  for (const { size, column, instrument } of sum.risks) {
    const shocks = unpackShocks(instrument.shocks)
    const worst = size < 0n ? -shocks.reduce(max<bigint>, 0n) : shocks.reduce(min<bigint>, 0n)
    weigh(sum, column, abs(size) * worst)
  }
  return { base: toDouble(sum.base), legs: ascending(sum.weights), spread: undefined }
}

function spreadOf({ base, weights, risks }: Sum, columns: Columns): Legs {
  const travel = risks.flatMap(({ instrument }) =>
    instrument.kind === 'option' ? (columns.travel.get(instrument.markFeed) ?? []) : [],
  )
  const risky = new Set(risks.map(({ column }) => column))
  const legs = ascending(weights).flatMap((leg) => (risky.has(leg.column) ? [leg, otherWay(leg)] : [leg]))
  const spread = {
    columns: Uint8Array.from(risks, ({ column }) => column),
    sizes: Float64Array.from(risks, ({ size }) => toDouble(size)),
    rows: Uint8Array.from(risks, ({ row }) => row),
  }
  return {
    base: toDouble(base),
    legs: [...legs, ...[...new Set(travel)].map((column) => ({ column, weight: -0 }))],
    spread,
  }
}

const ascending = (weights: ReadonlyMap<number, bigint>): Legs['legs'] =>
  [...weights].sort(([a], [b]) => a - b).map(([column, weight]) => ({ column, weight: Number(weight) / 1e22 }))

/** A leg of no weight that watches the direction the other does not: the sign bit of zero tells it. */
const otherWay = ({ column, weight }: Legs['legs'][number]): Legs['legs'][number] => ({
  column,
  weight: weight < 0 || Object.is(weight, -0) ? 0 : -0,
})

const WAD = 10n ** 18n
