// Which blocks this agent believes: those of its own node, and those enough bonded attestors signed.
import type { Address, Hex } from 'viem'
import type { Head } from '../domain/market.ts'
import type { Attestation, Evidence, Header } from '../domain/message.ts'
import type { ChainId } from '../domain/units.ts'

/** Blocks older than this, counted from the newest seen on their chain, are forgotten. */
const MEMORY = 1_024n

/** A block with at least the threshold of attestations, ascending by attestor, trimmed to the threshold. */
export type AttestedBlock = {
  readonly chain: ChainId
  readonly number: bigint
  readonly hash: string
  readonly attestations: readonly Attestation[]
}

export type Roots = {
  /** A head of our own node. */
  own(head: Head): void
  /** Our own node dropped this block and all after it. */
  drop(chain: ChainId, from: bigint): void
  /** An attestation whose signature was verified. Returns evidence when its author contradicts itself. */
  attest(attestation: Attestation): Evidence | undefined
  /** The newest block of our own node, and the newest that anybody else signed. */
  tip(chain: ChainId): bigint | undefined
  signedTip(chain: ChainId, except: Address): bigint | undefined
  /** The header of a block that we believe. */
  learn(header: Header): void
  /** Its bytes, if somebody sent them. */
  header(chain: ChainId, number: bigint, hash: string): Hex | undefined
  /** The newest block at or above `atLeast` that a quorum attested and that our own node does not contradict. */
  newest(chain: ChainId, atLeast: bigint): AttestedBlock | undefined
  /** The lowest such block. */
  lowest(chain: ChainId, atLeast: bigint): AttestedBlock | undefined
  trusted(chain: ChainId, number: bigint, hash: string): 'own' | 'attested' | 'unknown'
}

export function createRoots(threshold: number): Roots {
  const owned = new Map<ChainId, Map<bigint, string>>()
  const signed = new Map<ChainId, Map<bigint, Attestation[]>>()
  const headers = new Map<ChainId, Map<bigint, Header>>()

  const quorum = (chain: ChainId, number: bigint): AttestedBlock | undefined => {
    const all = signed.get(chain)?.get(number) ?? []
    const own = owned.get(chain)?.get(number)
    for (const hash of new Set(all.map((a) => a.hash))) {
      const agreeing = all.filter((a) => a.hash === hash)
      if (agreeing.length < threshold || (own !== undefined && own !== hash)) continue
      return { chain, number, hash, attestations: agreeing.sort(byAttestor).slice(0, threshold) }
    }
    return undefined
  }

  const numbersFrom = (chain: ChainId, atLeast: bigint): bigint[] =>
    [...(signed.get(chain)?.keys() ?? [])].filter((number) => number >= atLeast)
  const first = (chain: ChainId, numbers: readonly bigint[]): AttestedBlock | undefined => {
    for (const number of numbers) {
      const found = quorum(chain, number)
      if (found !== undefined) return found
    }
    return undefined
  }

  return {
    own({ chain, number, hash }) {
      remember(owned, chain, number, hash)
    },
    drop(chain, from) {
      for (const number of owned.get(chain)?.keys() ?? []) if (number >= from) owned.get(chain)?.delete(number)
    },
    attest(attestation) {
      const { chain, number } = attestation
      const all = signed.get(chain)?.get(number) ?? []
      const earlier = all.find((a) => a.attestor === attestation.attestor)
      if (earlier === undefined) remember(signed, chain, number, [...all, attestation])
      return earlier !== undefined && earlier.hash !== attestation.hash
        ? { kind: 'attestations', first: earlier, second: attestation }
        : undefined
    },
    tip: (chain) => [...(owned.get(chain)?.keys() ?? [])].reduce(higher, undefined),
    signedTip: (chain, except) =>
      [...(signed.get(chain) ?? [])]
        .filter(([, all]) => all.some(({ attestor }) => attestor.toLowerCase() !== except.toLowerCase()))
        .map(([number]) => number)
        .sort(descending)[0],
    learn: (header) => remember(headers, header.chain, header.number, header),
    header(chain, number, hash) {
      const held = headers.get(chain)?.get(number)
      return held?.hash === hash ? held.rlp : undefined
    },
    newest: (chain, atLeast) => first(chain, numbersFrom(chain, atLeast).sort(descending)),
    lowest: (chain, atLeast) => first(chain, numbersFrom(chain, atLeast).sort(descending).reverse()),
    trusted(chain, number, hash) {
      if (owned.get(chain)?.get(number) === hash) return 'own'
      return quorum(chain, number)?.hash === hash ? 'attested' : 'unknown'
    },
  }
}

function remember<T>(blocks: Map<ChainId, Map<bigint, T>>, chain: ChainId, number: bigint, value: T): void {
  const known = blocks.get(chain) ?? new Map<bigint, T>()
  blocks.set(chain, known.set(number, value))
  for (const old of known.keys()) {
    if (old + MEMORY >= number) break
    known.delete(old)
  }
}

const byAttestor = (a: Attestation, b: Attestation): number =>
  a.attestor.toLowerCase() < b.attestor.toLowerCase() ? -1 : 1
const higher = (top: bigint | undefined, number: bigint): bigint => (top === undefined || number > top ? number : top)
const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0)
