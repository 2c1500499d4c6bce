// What an owner wants done on one chain, as far as it can be done now: the chain is asked again after every step, so that
// an errand that was interrupted goes on where the chain stands.
import type { Address, Hex } from 'viem'
import type { ChainId } from '../domain/units.ts'

/** One transaction, in words and in bytes. */
export type Act = { readonly says: string; readonly to: Address; readonly data: Hex; readonly value?: bigint }

/** What can be done now. `until` in seconds of the chain's clock. After the `last` acts nothing is left to do. */
export type Stage =
  | { readonly kind: 'send'; readonly acts: readonly Act[]; readonly last: boolean }
  | { readonly kind: 'wait'; readonly until: bigint; readonly why: string }
  | { readonly kind: 'done'; readonly says: string }

/** An errand on one chain. `outline` says what will happen before anything does. */
export type Errand = {
  readonly chain: ChainId
  readonly outline: readonly string[]
  next(): Promise<Stage>
}
