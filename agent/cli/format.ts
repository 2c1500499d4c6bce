// Amounts and times as people read them.
import type { Decision } from '../domain/liquidation.ts'
import type { Instant, Wad } from '../domain/units.ts'

const SCALE = 10n ** 18n

/** Dollars with two decimals, cut, not rounded: `-12.34`. */
export function dollars(amount: Wad | undefined): string {
  if (amount === undefined) return '-'
  const size = amount < 0n ? -amount : amount
  const cents = (size % SCALE) / 10n ** 16n
  return `${amount < 0n ? '-' : ''}${size / SCALE}.${String(cents).padStart(2, '0')}`
}

/** The time of day, to the millisecond: `10:14:20.123`. */
export const timeOfDay = (at: Instant): string => new Date(at).toISOString().slice(11, 23)

/** A value as JSON, amounts as decimal strings. */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))

/** `take`, or `skip (capital)`: what is taken needs no reason code. */
export const saidOf = ({ kind, reason }: Decision): string => (kind === reason ? kind : `${kind} (${reason})`)
