// How much fits, and what selling it costs.
import { type Bps, bps, type Wad, wad } from '../domain/units.ts'
import { mulDivUp } from './fixed-point.ts'
import { BPS } from './margin.ts'

/** Where an asset is sold: the fee of the pool and the dollars on its dollar side. Without a depth there is no impact. */
export type Market = { readonly fee: Bps; readonly depth: Wad | undefined }

/** Expected loss of selling `value` into a constant-product pool: fee and impact, rounded against us. */
export function slippageUp(value: Wad, { fee, depth }: Market): Wad {
  const paidIn = (value * (BPS - BigInt(fee))) / BPS
  if (depth === undefined) return wad(value - paidIn)
  return wad(value - (depth * paidIn) / (depth + paidIn))
}

/** The largest fraction not above `most` whose cost, linear in the fraction, fits into `room`. */
export function affordable(most: Bps, costAtMost: bigint, room: bigint): Bps {
  if (costAtMost <= room) return most
  return room <= 0n ? bps(0) : bps(Number((BigInt(most) * room) / costAtMost))
}

/** `amount` plus a tolerance in bps, rounded up; amounts below zero stay. */
export const withTolerance = (amount: Wad, tolerance: Bps): Wad =>
  amount <= 0n ? amount : wad(mulDivUp(amount, BPS + BigInt(tolerance), BPS))
