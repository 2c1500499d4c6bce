// Call data as the ABI lays it out (Solidity's contract ABI specification), word by word: what a bid is made of is known
// beforehand, and a general encoder costs twenty times more. Texts are hex without a prefix.
import type { Address, Hex } from 'viem'

/** An unsigned integer of at most so many bits. */
export function uint(value: bigint | number, bits: number): string {
  const whole = BigInt(value)
  if (whole < 0n || whole >> BigInt(bits) !== 0n)
    throw new RangeError(`expected an integer of ${bits} bits, found ${value}`)
  return whole.toString(16).padStart(WORD, '0')
}

/** An int256, in two's complement. */
export function int(value: bigint): string {
  const wrapped = BigInt.asUintN(256, value)
  if (BigInt.asIntN(256, wrapped) !== value) throw new RangeError(`expected an int256, found ${value}`)
  return wrapped.toString(16).padStart(WORD, '0')
}

/** An address in the low end of a word. */
export function address(who: Address): string {
  if (who.length !== 42) throw new TypeError(`expected an address, found ${who}`)
  return who.slice(2).toLowerCase().padStart(WORD, '0')
}

/** Bytes whose length is not known beforehand: their number, then themselves, filled up to whole words. */
export function bytes(data: Hex): string {
  const text = data.slice(2).toLowerCase()
  return length(text.length / 2) + text.padEnd(Math.ceil(text.length / WORD) * WORD, '0')
}

/** A list of items of unknown length: their number, where each starts, then the items. */
export function list(items: readonly string[]): string {
  let start = items.length * 32
  const starts = items.map((item) => {
    const here = length(start)
    start += item.length / 2
    return here
  })
  return length(items.length) + starts.join('') + items.join('')
}

/** Where the tail begins, or how many there are. */
export const length = (count: number): string => count.toString(16).padStart(WORD, '0')

const WORD = 64
