// The few types JSON-RPC is made of. Each takes an unknown value and gives it back as what it must be, or throws.
import type { Hex } from 'viem'

/** A JSON-RPC call. One that travels alone may `read` its answer from the bytes; undefined where they have to be parsed. */
export type Call = {
  readonly method: string
  readonly params: readonly unknown[]
  readonly read?: (body: Buffer, id: number) => unknown
}

/** Takes any value; gives the typed one, or throws Malformed. */
export type Shape = (value: unknown) => unknown

/** An answer that is not what its method says. */
export class Malformed extends Error {}

/** Ranges: heights and times no chain reaches, gas and counters that fit a double, fees and amounts of a word. */
export const HEIGHT = 2n ** 48n
export const TIME = 2n ** 40n
export const GAS = 2n ** 53n - 1n
export const COUNT = 2n ** 53n - 1n
export const FEE = 2n ** 96n
export const AMOUNT = 2n ** 256n - 1n

/** A number from 0 to `most`, in hex, without sign; shortest form, so that equal numbers are equal texts. */
export const quantity =
  (most: bigint): Shape =>
  (value) => {
    if (typeof value !== 'string' || !QUANTITY.test(value)) throw bad('a quantity', value)
    const number = BigInt(value)
    if (number > most) throw bad('a smaller quantity', value)
    return `0x${number.toString(16)}`
  }

/** Bytes in hex, of a length when one is given; lower case, so that equal bytes are equal texts. */
export const bytes =
  (length?: number): Shape =>
  (value) => {
    if (typeof value !== 'string' || value.length % 2 !== 0 || !BYTES.test(value)) throw bad('bytes', value)
    if (length !== undefined && value.length !== 2 + 2 * length) throw bad(`${length} bytes`, value)
    return value.toLowerCase()
  }

/** An account. */
export const address: Shape = bytes(20)

/** A boolean. */
export const flag: Shape = (value) => {
  if (typeof value !== 'boolean') throw bad('a boolean', value)
  return value
}

/** Null, or a `shape`. */
export const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value)

/** Left out, or a `shape`. */
export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || value === null ? undefined : shape(value)

/** A list of `shape`, of at most `most` items. */
export const list =
  (shape: Shape, most = 100_000): Shape =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) throw bad('a list', value)
    return value.map(shape)
  }

/** An object with these fields; what else it has is left out. */
export function record(fields: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(fields)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('an object', value)
    const found: Record<string, unknown> = {}
    for (const [name, shape] of entries) {
      const item = shape(Reflect.get(value, name))
      if (item !== undefined) found[name] = item
    }
    return found
  }
}

/** Whether a value is hex. */
export const isHexText = (value: unknown): value is Hex => typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value)

/** Whether two texts are the same bytes. */
export const same = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase()

const QUANTITY = /^0x[0-9a-f]{1,64}$/i
const BYTES = /^0x[0-9a-f]*$/i

const bad = (expected: string, found: unknown): Malformed =>
  new Malformed(`expected ${expected}, found ${String(JSON.stringify(found) ?? found).slice(0, 80)}`)
