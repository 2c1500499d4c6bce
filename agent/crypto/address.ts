// The spelling of an address that says whether it was misread (ERC-55).
import type { Address } from 'viem'
import { keccakBytes } from './hash.ts'

/** The address of 40 digits in lower case, spelt with its checksum: a tenth of what it costs to hash in JavaScript. */
export function checksummed(digits: string): Address {
  const letters = Buffer.from(digits, 'latin1')
  const hash = keccakBytes(letters)
  for (let i = 0; i < letters.length; i++) {
    const code = letters[i] ?? 0
    const nibble = ((hash[i >> 1] ?? 0) >> (i & 1 ? 0 : 4)) & 15
    if (code >= 97 && nibble >= 8) letters[i] = code - 32
  }
  return `0x${letters.toString('latin1')}`
}
