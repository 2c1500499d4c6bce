// Risk arrays: sixteen moves of the underlying and what each does to an instrument, in bps of size x underlying price.
import type { Bps } from '../../domain/units.ts'
import { type Option, optionValue } from './black-76.ts'

/** One scenario of the array: the underlying moves by `move` of the shock, volatility by `vol` of itself. */
type Column = { readonly move: number; readonly vol: number }

/** The sixteen columns, SPAN's order: seven pairs of moves with volatility up and down, then two extremes at a third. */
export const COLUMNS: readonly Column[] = [
  ...[0, 1 / 3, -1 / 3, 2 / 3, -2 / 3, 1, -1].flatMap((move) => [
    { move, vol: 0.25 },
    { move, vol: -0.25 },
  ]),
  { move: 3, vol: 0 },
  { move: -3, vol: 0 },
]
/** An extreme move counts by this share: it is unlikely within one margin period. */
const EXTREME = 0.33

/** Packs sixteen int16, lowest bits first. Figures beyond the type are held at its edge, against the holder. */
export const packShocks = (shocks: readonly number[]): bigint =>
  shocks.reduce((packed, shock, i) => packed | (BigInt.asUintN(16, BigInt(clamp(shock))) << BigInt(16 * i)), 0n)

/** The array of a perpetual: it moves as its underlying. */
export const perpetualShocks = (shock: Bps): bigint =>
  packShocks(COLUMNS.map(({ move }) => weight(move) * move * shock))

/** The array of an option: its full revaluation under each column, over the underlying's price. */
export function optionShocks(option: Option, underlying: number, shock: Bps): bigint {
  const now = optionValue(option, underlying)
  const revalued = COLUMNS.map(({ move, vol }) => {
    const moved = underlying * (1 + (move * shock) / 10_000)
    const then = optionValue({ ...option, volatility: option.volatility * (1 + vol) }, moved)
    return (weight(move) * (then - now) * 10_000) / underlying
  })
  return packShocks(revalued)
}

const weight = (move: number): number => (Math.abs(move) > 1 ? EXTREME : 1)
const clamp = (shock: number): number => Math.max(-32_768, Math.min(32_767, Math.round(shock)))
