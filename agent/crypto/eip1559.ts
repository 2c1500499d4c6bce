// The bytes of an EIP-1559 transaction without access list (RLP, yellow paper appendix B), written straight down.
import type { Hex } from 'viem'
import type { UnsignedTransaction } from '../ports/signer.ts'
import type { Signature } from './curve.ts'

/** The bytes that are hashed and signed. */
export const unsignedBytes = (transaction: UnsignedTransaction): Hex => `0x02${list(body(transaction))}`

/** The bytes that travel. */
export function signedBytes(transaction: UnsignedTransaction, { rs, recovery }: Signature): Hex {
  const hex = Buffer.from(rs.buffer, rs.byteOffset, rs.length).toString('hex')
  const signature = integer(BigInt(recovery)) + trimmed(hex.slice(0, 64)) + trimmed(hex.slice(64))
  return `0x02${list(body(transaction) + signature)}`
}

const body = ({ chain, nonce, to, value, data, gas, maxFee, tip }: UnsignedTransaction): string =>
  integer(BigInt(chain)) +
  integer(BigInt(nonce)) +
  integer(tip) +
  integer(maxFee) +
  integer(gas) +
  text(to.slice(2).toLowerCase()) +
  integer(value) +
  text(data.slice(2)) +
  NO_ACCESS_LIST

const NO_ACCESS_LIST = 'c0'

/** Integers have no leading zeros: zero is the empty string. */
function integer(value: bigint): string {
  if (value === 0n) return '80'
  const hex = value.toString(16)
  return text(hex.length % 2 === 0 ? hex : `0${hex}`)
}

/** A word as an integer. */
function trimmed(word: string): string {
  let start = 0
  while (start < word.length && word.startsWith('00', start)) start += 2
  return text(word.slice(start))
}

/** A string of bytes; one below 0x80 is itself. */
const text = (hex: string): string =>
  hex.length === 2 && hex < '80' ? hex : prefix(SHORT_STRING, hex.length / 2) + hex

const list = (items: string): string => prefix(SHORT_LIST, items.length / 2) + items

/** Up to 55 bytes the length stands in the prefix, above it follows. */
function prefix(short: number, length: number): string {
  if (length <= 55) return byte(short + length)
  const digits = length.toString(16)
  const whole = digits.length % 2 === 0 ? digits : `0${digits}`
  return byte(short + 55 + whole.length / 2) + whole
}

const byte = (value: number): string => value.toString(16).padStart(2, '0')
const SHORT_STRING = 0x80
const SHORT_LIST = 0xc0
