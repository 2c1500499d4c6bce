// What a check may ask: who is who, which blocks are believed, what was said before.
import type { PriceBatch } from '../../domain/market.ts'
import type { Network } from '../../domain/network.ts'
import type { Instant } from '../../domain/units.ts'
import type { TrustBook } from '../../ports/gossip.ts'
import { type Buckets, createBuckets } from './bucket.ts'
import { createOutcasts, type Outcasts } from './outcasts.ts'
import { createKeyring, type Keyring } from './signatures.ts'

export type Witness = {
  readonly network: Network
  readonly trust: TrustBook
  readonly now: () => Instant
  readonly keys: Keyring
  /** Per author, the last sequence whose signature was checked. */
  readonly newest: Map<string, Instant>
  /** Batches whose signatures were checked, to notice a second one of the same sequence. */
  readonly said: Sayings
  readonly outcasts: Outcasts
  /** What authors may still say: spent by what they really signed, so that nobody can use up another's. */
  readonly voices: Buckets
  /** Times the usual budgets. */
  readonly allowance: number
}

type Known = Pick<Witness, 'network' | 'trust' | 'now'> & { readonly allowance?: number | undefined }

/** A witness who has heard nothing. */
export const createWitness = ({ allowance = 1, ...known }: Known): Witness => ({
  ...known,
  allowance,
  voices: createBuckets(),
  keys: createKeyring(),
  newest: new Map(),
  said: createSayings(),
  outcasts: createOutcasts(known.now),
})

/** The last batches of every author, by sequence. */
export type Sayings = {
  readonly at: (author: string, sequence: Instant) => PriceBatch | undefined
  readonly keep: (author: string, batch: PriceBatch) => void
}

function createSayings(): Sayings {
  const authors = new Map<string, Map<Instant, PriceBatch>>()
  return {
    at: (author, sequence) => authors.get(author)?.get(sequence),
    keep(author, batch) {
      const known = authors.get(author) ?? new Map<Instant, PriceBatch>()
      authors.set(author, known.set(batch.sequence, batch))
      if (known.size > MEMORY) for (const oldest of known.keys()) return void known.delete(oldest)
    },
  }
}

/** Batches of one author: two halves of a network tell each other of a twin within seconds. */
const MEMORY = 64
