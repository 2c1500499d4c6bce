// Damage, seeded: what a stranger may send instead of a message. Bytes that differ from the original in at least one place.
import { encode } from 'cborg'
import { mulberry32 } from '../../agent/maths/seeded.ts'

export type Damage = {
  /** A damaged copy: bits flipped, bytes cut, doubled, moved or replaced. Never equal to the original. */
  readonly of: (bytes: Uint8Array) => Uint8Array
  /** Bytes that were never a message: random, or well-formed CBOR of something else. */
  readonly anything: () => Uint8Array
}

/** Damage from a seed. */
export function damage(seed: number): Damage {
  const random = mulberry32(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const kinds: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => flipped(bytes, 1 + below(4), below),
    (bytes) => bytes.subarray(0, below(bytes.length)),
    (bytes) => Buffer.concat([bytes, Buffer.from([below(256)])]),
    (bytes) => spliced(bytes, below(bytes.length), below(8), below),
    (bytes) => moved(bytes, below(bytes.length), below(bytes.length), 1 + below(40)),
    (bytes) => overwritten(bytes, below(bytes.length), [0, 0xff, 0x80, 0x7f][below(4)] ?? 0),
  ]
  const of = (bytes: Uint8Array): Uint8Array => {
    const made = kinds[below(kinds.length)]?.(bytes) ?? bytes
    return Buffer.compare(made, bytes) === 0 ? of(bytes) : made
  }
  const value = (depth: number): unknown => {
    const sort = below(depth > 4 ? 4 : 6)
    if (sort === 0) return below(2 ** 31)
    if (sort === 1) return Buffer.from(Array.from({ length: below(70) }, () => below(256)))
    if (sort === 2) return 'text'.repeat(below(6))
    if (sort === 3) return random() < 0.5 ? null : random() * 1e9
    return Array.from({ length: below(9) }, () => value(depth + 1))
  }
  const anything = (): Uint8Array =>
    random() < 0.5 ? Buffer.from(Array.from({ length: below(200) }, () => below(256))) : encode(value(0))
  return { of, anything }
}

type Below = (n: number) => number

function flipped(bytes: Uint8Array, times: number, below: Below): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let n = 0; n < times; n++) {
    const at = below(copy.length)
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
  }
  return copy
}

const spliced = (bytes: Uint8Array, at: number, length: number, below: Below): Uint8Array =>
  Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(Array.from({ length }, () => below(256))),
    bytes.subarray(at + below(4)),
  ])

function moved(bytes: Uint8Array, from: number, to: number, length: number): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.set(bytes.subarray(from, Math.min(from + length, bytes.length)).subarray(0, bytes.length - to), to)
  return copy
}

function overwritten(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.fill(byte, at, Math.min(at + 8, copy.length))
  return copy
}
