// The value at the end of a storage proof, so that what is claimed and what is proven are one number.
import { fromRlp, type Hex, hexToBigInt, isHex, keccak256 } from 'viem'

/** The word a storage proof shows for `key`; zero when the proof shows that nothing is there. Contracts verify it. */
export function provenValue(key: Hex, proof: readonly Hex[]): bigint {
  const last = proof.at(-1)
  const leaf = last === undefined ? undefined : fromRlp(last, 'hex')
  if (!Array.isArray(leaf) || leaf.length !== 2) return 0n
  const [path, value] = leaf
  if (!isHex(path) || !isHex(value)) return 0n
  return keccak256(key).endsWith(nibbles(path)) ? word(value) : 0n
}

/** Hex-prefix encoding of a leaf (yellow paper, appendix C): flag 2 and padding when even, flag 3 when odd. */
const nibbles = (path: Hex): string => path.slice(path[2] === '3' ? 3 : 4)

function word(rlp: Hex): bigint {
  const value = fromRlp(rlp, 'hex')
  return isHex(value) && value !== '0x' ? hexToBigInt(value) : 0n
}
