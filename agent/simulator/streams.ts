// Chance and names of a simulated world. Everything that draws has a stream of its own, named by what it is for: adding
// an agent moves no price.
import { createHash } from 'node:crypto'
import type { Address, Hex } from 'viem'
import { type Chance, chance } from '../maths/risk/random.ts'
import { fnv1a } from '../maths/seeded.ts'

/** The stream of a seed that answers to this name. */
export const stream = (seed: number, ...name: readonly (string | number | bigint)[]): Chance =>
  chance(scrambled(`${seed} ${name.join(' ')}`))

/** An address that only this name has. */
export const addressOf = (seed: number, name: string): Address =>
  `0x${createHash('sha256').update(`${seed} ${name}`).digest('hex').slice(0, 40)}`

/** A hash that only this number has, told apart by its first digits. */
export const hashOf = (kind: number, n: bigint): Hex =>
  `0x${kind.toString(16).padStart(4, '0')}${n.toString(16).padStart(60, '0')}`

/** FNV-1a, then the finish of MurmurHash3: near names are far apart. */
function scrambled(text: string): number {
  let hash = fnv1a(text)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}
