// A nonce on its way: every attempt at it, and what it is for.
import type { Wad } from '../../domain/units.ts'
import type { Attempt } from './attempt.ts'
import type { Mined } from './receipt.ts'

/** How an order ended, as of its first block. A revert is mined. */
export type Fate = { readonly kind: 'mined' | 'cancelled'; readonly mined: Mined }

/** One nonce of ours that is not final. */
export type Pending = {
  readonly nonce: number
  /** Oldest first; the newest travels. */
  readonly attempts: Attempt[]
  /** Chain time (s) after which it is cancelled. */
  readonly deadline: bigint | undefined
  /** Dollars at stake. */
  readonly value: Wad
  /** Most wei per gas that it may offer. */
  readonly ceiling: bigint
  readonly fate: PromiseWithResolvers<Fate>
  /** Block at which the newest attempt was first seen waiting. */
  waitingSince: bigint | undefined
  /** A node called the newest attempt underpriced: it is replaced at the next head. */
  underpriced: boolean
}

/** A nonce whose attempts have not been seen in a block. */
export function newPending(
  nonce: number,
  attempts: Attempt[],
  terms: Pick<Pending, 'deadline' | 'value' | 'ceiling'>,
): Pending {
  const fate = Promise.withResolvers<Fate>()
  // Whoever stopped waiting must not turn a later rejection into a crash; those who wait still see it.
  fate.promise.catch(() => undefined)
  return { nonce, attempts, ...terms, fate, waitingSince: undefined, underpriced: false }
}
