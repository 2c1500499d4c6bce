/** Dollars of a wad, rounded to cents or, from a thousand on, to whole dollars. */
export function usd(value: bigint): string {
  const sign = value < 0n ? '-' : ''
  const cents = ((value < 0n ? -value : value) + 5n * 10n ** 15n) / 10n ** 16n
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return cents >= 100_000n ? `${sign}$${whole}` : `${sign}$${whole}.${(cents % 100n).toString().padStart(2, '0')}`
}

/** The same with its sign, for gains. */
export const gainText = (value: bigint): string => (value > 0n ? `+${usd(value)}` : usd(value))

/** An address short enough for a line. */
export const short = (address: string): string => `${address.slice(0, 6)}..${address.slice(-3)}`

/** Seconds with one decimal, from milliseconds; a dash when unknown. */
export const seconds = (millis: number | undefined): string =>
  millis === undefined ? '-' : `${(millis / 1000).toFixed(1)} s`

/** A table: the first column left, the others right, widths as needed. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`.trimEnd()
  return all.map(line)
}
