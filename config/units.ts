// Quantities as people write them. A number without its unit is refused: 6000 of what?
import { z } from 'zod'
import { type Bps, bps, type Millis, millis, type Price, price, type Wad, wad } from '../agent/domain/units.ts'

const NUMBER = /^([+-]?\d+(?:\.\d+)?) ?([a-zA-Z%/]*)$/
const BYTES: Readonly<Record<string, number>> = { 'B/s': 1, 'KB/s': 1_000, 'MB/s': 1_000_000 }
const MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }

/** What a quantity is called in help and docs: a duration, an amount. */
export const quantities = z.registry<{ readonly what: string; readonly example: string }>()

/** A length of time: `250ms`, `1.5s`, `12m`, `6h`, `2d`. */
export const duration = quantity(
  'a duration',
  '1.5s',
  ['ms', 's', 'm', 'h', 'd'],
  (number, unit): Millis | undefined => {
    const length = Number(number) * (MILLIS[unit] ?? Number.NaN)
    return length >= 0 && Number.isInteger(length) ? millis(length) : undefined
  },
)

/** How far a clock is off: `+90s`, `-1.5s`. */
export const clockOffset = quantity('a clock offset', '+90s', ['ms', 's', 'm', 'h'], (number, unit) => {
  const length = Number(number) * (MILLIS[unit] ?? Number.NaN)
  return length !== 0 && Number.isInteger(length) ? length : undefined
})

/** Bytes a second: `20 KB/s`, `1.5 MB/s`. */
export const dataRate = quantity('a data rate', '20 KB/s', ['B/s', 'KB/s', 'MB/s'], (number, unit) => {
  const bytes = Math.round(Number(number) * (BYTES[unit] ?? Number.NaN))
  return bytes > 0 ? bytes : undefined
})

/** How often something is done: `200/s`. */
export const frequency = quantity('a frequency', '200/s', ['/s'], (number) => {
  const times = Number(number)
  return times > 0 && times <= 100_000 ? times : undefined
})

/** Wei for a unit of gas: `80 gwei`. */
export const gasPrice = quantity('a gas price', '80 gwei', ['gwei'], (number) => {
  const raw = fixed(number, 9)
  return raw === undefined || raw <= 0n ? undefined : raw
})

/** An amount of dollars, exact: `6000 USD`, `0.25 USD`. */
export const amount = quantity('an amount', '6000 USD', ['USD'], (number): Wad | undefined => {
  const raw = fixed(number, 18)
  return raw === undefined || raw < 0n ? undefined : wad(raw)
})

/** A price in dollars with at most eight decimals: `2500 USD`. */
export const dollarPrice = quantity('a price', '2500 USD', ['USD'], (number): Price | undefined => {
  const raw = fixed(number, 8)
  return raw === undefined || raw <= 0n ? undefined : price(raw)
})

/** A share of something, never negative, to the hundredth of a percent: `5 %`, `0.25 %`. */
export const ratio = quantity('a ratio', '5 %', ['%'], (number): Bps | undefined => {
  const raw = fixed(number, 2)
  return raw === undefined || raw < 0n ? undefined : bps(Number(raw))
})

/** A change with its sign: `-18 %`, `+6 %`. */
export const change = quantity('a change', '-18 %', ['%'], (number): Bps | undefined => {
  const raw = fixed(number, 2)
  return raw === undefined ? undefined : bps(Number(raw))
})

/** A number and its unit, as written: which unit it must be is known once the chain was asked. */
export type Quantity = { readonly number: string; readonly unit: string }

/** An amount of a token or of native coin: `1000 USDC`, `0.5 ETH`. */
export const tokenAmount = z.string().transform((text, context): Quantity => {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-zA-Z][a-zA-Z0-9.]*)?$/.exec(text) ?? []
  if (number !== undefined && unit !== undefined && /[1-9]/.test(number)) return { number, unit }
  const message =
    number === undefined
      ? `"${text}" is not an amount. Write for example 1000 USDC`
      : unit === undefined
        ? `"${text}" has no unit. Write ${number} USDC, or ${number} ETH for native coin`
        : `"${text}" is nothing. Write an amount such as 1000 USDC`
  context.issues.push({ code: 'custom', message, input: text })
  return z.NEVER
})

type Read<T> = (number: string, unit: string) => T | undefined

/** A string schema that reads `number unit` and says what it wanted when it cannot. */
function quantity<T>(what: string, example: string, units: readonly string[], read: Read<T>) {
  const refuse = (raw: unknown): string => complaint(raw, what, example, units)
  const schema = z
    .string({ error: (issue) => refuse(issue.input) })
    .regex(new RegExp(`^[+-]?\\d+(\\.\\d+)? ?(${units.join('|')})$`), {
      error: (issue) => refuse(issue.input),
      abort: true,
    })
    .transform((text, context): T => {
      const [, number = '', unit = ''] = NUMBER.exec(text) ?? []
      const value = read(number, unit)
      if (value !== undefined) return value
      context.issues.push({
        code: 'custom',
        message: `${text} is out of range; write ${what} such as ${example}`,
        input: text,
      })
      return z.NEVER
    })
  quantities.add(schema, { what, example })
  return schema
}

function complaint(raw: unknown, what: string, example: string, units: readonly string[]): string {
  if (raw === undefined) return `is missing; write ${what} such as ${example}`
  const [, number, unit] = NUMBER.exec(String(raw)) ?? []
  if (number !== undefined && unit === '')
    return `"${raw}" has no unit. Write ${number}${gap(units)}${units.includes('s') ? 's' : units[0]}`
  if (number !== undefined)
    return `"${raw}" has the unit ${unit}, expected ${units.join(', ')}. Write ${what} such as ${example}`
  return `"${String(raw)}" is not ${what}. Write for example ${example}`
}

const gap = (units: readonly string[]): string => (units.includes('s') ? '' : ' ')

/** Decimal text to an integer with `decimals` places; undefined when it is finer than that. */
function fixed(number: string, decimals: number): bigint | undefined {
  const [, sign, whole = '', part = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(number) ?? []
  if (part.length > decimals) return undefined
  const raw = BigInt(whole + part.padEnd(decimals, '0'))
  return sign === '-' ? -raw : raw
}
