// The same books under three modes, compared: how many were liquidated, what nobody paid, what lay idle meanwhile.
import { usd } from '../format.ts'
import type { Life } from '../truth.ts'
import type { Facts, Judges } from './facts.ts'

/** One mode's row. Amounts in dollars (wad). */
export type ModeRow = {
  readonly mode: Life['mode']
  readonly books: number
  readonly liquidated: number
  readonly badDebt: bigint
  readonly idle: bigint
}

/** Their judge. */
export const modeJudges: Judges<'compare'> = {
  compare: ({ of, mode, than }, facts) => {
    const [one, other] = [rowOf(facts, mode), rowOf(facts, than)]
    const words = (row: ModeRow): string =>
      `${row.mode} ${of === 'liquidations' ? `${row.liquidated} of ${row.books}` : usd(of === 'idle' ? row.idle : row.badDebt)}`
    const found = `${words(one)}, ${words(other)}`
    const [left, right] =
      of === 'liquidations' ? [BigInt(one.liquidated), BigInt(other.liquidated)] : amounts(of, one, other)
    if (one.liquidated + other.liquidated === 0) return { state: 'open', found }
    return { state: (of === 'idle' ? left < right : left <= right) ? 'holds' : 'fails', found }
  },
}

const amounts = (of: 'idle' | 'bad-debt', one: ModeRow, other: ModeRow): readonly [bigint, bigint] =>
  of === 'idle' ? [one.idle, other.idle] : [one.badDebt, other.badDebt]

/** The three modes side by side. */
export const modeRows = (facts: Pick<Facts, 'books' | 'lives' | 'record'>): readonly ModeRow[] =>
  (['isolated', 'cross', 'unified'] as const).map((mode) => rowOf(facts, mode))

function rowOf({ books, lives, record }: Pick<Facts, 'books' | 'lives' | 'record'>, mode: Life['mode']): ModeRow {
  const own = [...lives.values()].filter((life) => life.mode === mode && books.has(life.account))
  const liquidated = new Set(own.filter(({ bids }) => bids > 0).map(({ account }) => books.get(account)))
  const accounts = new Set(own.map(({ account }) => account))
  const booked = record.shortfalls
    .filter(({ account }) => accounts.has(account))
    .reduce((sum, one) => sum + one.amount, 0n)
  return {
    ...{ mode, books: new Set(own.map(({ account }) => books.get(account))).size, liquidated: liquidated.size },
    badDebt: own.reduce((sum, { lastMark }) => sum + (lastMark < 0n ? -lastMark : 0n), booked),
    idle: own.reduce((sum, life) => sum + life.idle, 0n),
  }
}
