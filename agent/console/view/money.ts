// Amounts between books and pages.
import type { Money, Parts } from './words.ts'

/** An exact amount for JSON. */
export const money = (value: bigint): Money => value.toString()

/** Dollars as a double, for pictures only. */
export const dollars = (value: bigint): number => Number(value / 10n ** 12n) / 1e6

/** Dollars of a double as an exact string, for estimates that were doubles to begin with. */
export const estimate = (value: number): Money => (BigInt(Math.round(value * 1e6)) * 10n ** 12n).toString()

/** Parts of a P&L for JSON. */
export const partsOf = (parts: Iterable<readonly [string, bigint]>): Parts =>
  Object.fromEntries([...parts].map(([name, value]) => [name, money(value)]))

/** Adds parts up. */
export function addParts(into: Map<string, bigint>, parts: Iterable<readonly [string, bigint]>): void {
  for (const [name, value] of parts) into.set(name, (into.get(name) ?? 0n) + value)
}
