// Shapes of canonical CBOR: every value has one encoding, every field a hard bound. Nothing here trusts its input.
import { type Address, getAddress, type Hex } from 'viem'

/** What CBOR carries here: whole numbers, text, byte strings and arrays of them. */
export type Wire = number | string | Uint8Array | readonly Wire[]

/** Two ways between a value and its wire form. `decode` throws a `ShapeError` for anything it would not have encoded. */
export type Shape<T> = { readonly encode: (value: T) => Wire; readonly decode: (wire: unknown) => T }

/** The input is not of the expected shape. Callers turn it into a verdict. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

/** A record as an array of its fields, in the order they are listed. A field without a shape does not compile. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(fields) as (keyof T)[]
  return {
    encode: (value) => names.map((name) => fields[name].encode(value[name])),
    decode: (wire) => {
      const items = array(wire, names.length, names.length)
      const entries = names.map((name, index) => [name, fields[name].decode(items[index])] as const)
      return Object.fromEntries(entries) as T
    },
  }
}

/** Up to `max` items of one shape. */
export const list = <T>(item: Shape<T>, max: number): Shape<readonly T[]> => ({
  encode: (values) => bounded(values, max).map((value) => item.encode(value)),
  decode: (wire) => array(wire, 0, max).map((value) => item.decode(value)),
})

/** A value or nothing: an array of one or none. */
export const optional = <T>(item: Shape<T>): Shape<T | undefined> => ({
  encode: (value) => (value === undefined ? [] : [item.encode(value)]),
  decode: (wire) => {
    const items = array(wire, 0, 1)
    return items.length === 0 ? undefined : item.decode(items[0])
  },
})

/** One of a few words, sent as its index. */
export const oneOf = <const T extends string>(...words: readonly T[]): Shape<T> => ({
  encode: (word) => words.indexOf(word),
  decode: (wire) => present(words[whole(wire, words.length - 1)]),
})

/** One of a few records told apart by their kind, sent as the index of the kind and the record. */
export function oneKind<T extends { readonly kind: string }>(
  cases: {
    readonly [K in T['kind']]: Shape<Extract<T, { readonly kind: K }>>
  },
): Shape<T> {
  const names = Object.keys(cases) as T['kind'][]
  const shapes = names.map((name): Shape<T> => cases[name] as unknown as Shape<T>)
  return {
    encode: (value) => [names.indexOf(value.kind), present(shapes[names.indexOf(value.kind)]).encode(value)],
    decode: (wire) => {
      const items = array(wire, 2, 2)
      return present(shapes[whole(items[0], shapes.length - 1)]).decode(items[1])
    },
  }
}

/** A shape seen through another: `to` makes the wire's value, `from` the caller's. */
export const via = <T, U>(shape: Shape<U>, to: (value: T) => U, from: (value: U) => T): Shape<T> => ({
  encode: (value) => shape.encode(to(value)),
  decode: (wire) => from(shape.decode(wire)),
})

/** A whole number from zero to `max`, at most 2^53 - 1. */
export const number = (max: number): Shape<number> => ({
  encode: (value) => whole(value, max),
  decode: (wire) => whole(wire, max),
})

/** A non-negative integer below 2^bits as its shortest big-endian bytes. */
export const big = (bits: number): Shape<bigint> => ({
  encode: (value) => {
    if (value < 0n || value >> BigInt(bits) !== 0n) throw new ShapeError(`expected ${bits} bits, found ${value}`)
    return value === 0n ? new Uint8Array() : fromHex(evenHex(value))
  },
  decode: (wire) => {
    const bytes = byteString(wire, 0, Math.ceil(bits / 8))
    const value = bytes.length === 0 ? 0n : BigInt(toHex(bytes))
    if (value >> BigInt(bits) !== 0n) throw new ShapeError(`expected ${bits} bits`)
    return value
  },
})

/** A signed integer: the sign in the lowest bit, the magnitude above it. */
export const signed = (bits: number): Shape<bigint> =>
  via(
    big(bits + 1),
    (value) => (value < 0n ? -2n * value - 1n : 2n * value),
    (folded) => (folded & 1n ? -((folded + 1n) >> 1n) : folded >> 1n),
  )

/** Bytes as hex, between `min` and `max` bytes long. */
export const hex = (min: number, max = min): Shape<Hex> => ({
  encode: (value) => byteString(fromHex(value), min, max),
  decode: (wire) => toHex(byteString(wire, min, max)),
})

/** Twenty bytes, handed out in checksum form as viem does. */
export const address: Shape<Address> = via(hex(20), (value: Address) => value, getAddress)

/** Text of at most `max` UTF-16 units, without control characters. */
export const text = (max: number): Shape<string> => ({
  encode: (value) => plain(value, max),
  decode: (wire) => plain(wire, max),
})

function array(wire: unknown, min: number, max: number): readonly unknown[] {
  if (!Array.isArray(wire) || wire.length < min || wire.length > max)
    throw new ShapeError(`expected an array of ${min} to ${max} items`)
  return wire
}

function bounded<T>(values: readonly T[], max: number): readonly T[] {
  if (values.length > max) throw new ShapeError(`expected at most ${max} items, found ${values.length}`)
  return values
}

function whole(wire: unknown, max: number): number {
  if (typeof wire !== 'number' || !Number.isSafeInteger(wire) || wire < 0 || wire > max || Object.is(wire, -0))
    throw new ShapeError(`expected a whole number up to ${max}`)
  return wire
}

function byteString(wire: unknown, min: number, max: number): Uint8Array {
  if (!(wire instanceof Uint8Array) || wire.length < min || wire.length > max)
    throw new ShapeError(`expected ${min} to ${max} bytes`)
  return wire
}

function plain(wire: unknown, max: number): string {
  if (typeof wire !== 'string' || wire.length > max || !wire.isWellFormed() || CONTROL.test(wire))
    throw new ShapeError(`expected plain text of at most ${max} characters`)
  return wire
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new ShapeError('expected a known word')
  return value
}

const CONTROL = /\p{Cc}/u

function evenHex(value: bigint): Hex {
  const digits = value.toString(16)
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`
}

/** Node's own hex reader stops at the first strange digit; the length tells. */
function fromHex(value: Hex): Uint8Array {
  const bytes = Buffer.from(value.slice(2), 'hex')
  if (bytes.length * 2 + 2 !== value.length) throw new ShapeError('expected whole bytes in hex')
  return bytes
}

const toHex = (bytes: Uint8Array): Hex =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
