// Authors who contradicted themselves: nothing they sign is believed until their ban ends.
import type { Address } from 'viem'
import type { Instant } from '../../domain/units.ts'

export type Outcasts = {
  readonly cast: (author: Address) => void
  readonly has: (author: Address) => boolean
}

/** Nobody yet. A ban ends by itself: a key that was stolen can be replaced, a bond that was slashed decides for good. */
export function createOutcasts(now: () => Instant, length = BAN): Outcasts {
  const until = new Map<string, number>()
  return {
    cast(author) {
      if (until.size >= CAPACITY) for (const oldest of until.keys()) return void until.delete(oldest)
      until.set(author.toLowerCase(), now() + length)
    },
    has: (author) => (until.get(author.toLowerCase()) ?? 0) > now(),
  }
}

/** Milliseconds: a day, the time somebody needs to look. */
const BAN = 86_400_000
/** Only registered authors can be cast out, so that this is never reached in earnest. */
const CAPACITY = 1_024
