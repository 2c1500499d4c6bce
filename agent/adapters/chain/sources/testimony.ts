// What is asked of every source of truth, and what it answers.
import type { Address, Hex } from 'viem'
import type { Source } from '../../../domain/network.ts'
import type { AttestedHeader, Basis } from '../../../ports/chain.ts'
import type { Act } from '../executor-call.ts'
import type { ChainLink } from '../link.ts'
import type { Counter } from './counter.ts'

/** The other chain, as our own node shows it. `finality`: blocks on top after which one is final. */
export type Elsewhere = {
  readonly reader: Pick<ChainLink['reader'], 'id' | 'latest' | 'header' | 'proof'>
  readonly finality: number
  /** How we act there; absent where we only read. */
  readonly post?: { readonly link: ChainLink; readonly executor: Address } | undefined
}

/** Where a source stands, whose counters it speaks of, and who acts for us there. */
export type Ground = {
  readonly link: ChainLink
  readonly executor: Address
  readonly other: Elsewhere
  /** The contract on the other chain. */
  readonly origin: Address
  /** The token whose balance our executor's floor is taken on, if it is one. */
  readonly measured?: Address | undefined
}

/**
 * What a source can be shown. `values` are what our own node shows of the counters. `ready`: after `acts` each piece of
 * evidence reads; `waiting`: do `acts` and `errands` now and ask again at `usableAt` (s). `floor`: the least change of what
 * the executor measures, negative where a bond leaves it. Errands are acts of our executor on the other chain.
 */
export type Testimony = { readonly values: readonly bigint[]; readonly acts: readonly Act[] } & (
  | { readonly kind: 'ready'; readonly evidence: readonly Hex[] }
  | {
      readonly kind: 'waiting'
      readonly usableAt: bigint
      readonly errands: readonly Act[]
      readonly floor: bigint
    }
)

/** One source, and how it is shown counters. */
export type Witness = {
  readonly source: Source
  basis(atLeast: bigint, attested: AttestedHeader | undefined): Promise<Basis | undefined>
  testify(basis: Basis, counters: readonly Counter[]): Promise<Testimony>
}

/** Our clock in seconds, as chains count. */
export const secondsNow = ({ link }: Pick<Ground, 'link'>): bigint => BigInt(Math.floor(link.clock.now() / 1_000))
