// Whether code on a chain is the code we compiled. Immutables are written into it at deployment: where the compiler left
// the push of an empty word, any word may stand.
import type { Hex } from 'viem'
import { ownRuntime } from './artefact.ts'

/** The push of a whole word of zeros: the optimiser never emits one of its own. */
const PUSH32 = 0x7f
const WORD = 32

/** Compares everything but immutables. */
export function sameCode(found: Hex, name: string): boolean {
  const [own, theirs] = [bytesOf(ownRuntime(name)), bytesOf(found)]
  if (own.length !== theirs.length) return false
  for (let i = 0; i < own.length; i++) {
    if (own[i] !== theirs[i]) return false
    if (own[i] === PUSH32 && own.subarray(i + 1, i + 1 + WORD).every((byte) => byte === 0)) i += WORD
  }
  return true
}

const bytesOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex')
