// What a console sees of a running agent: its parts, by reference. Looking changes nothing.
import type { Core, Input } from '../core/core.ts'
import type { AccountId } from '../domain/units.ts'
import { obey } from './command-post.ts'
import { type Portfolio, portfoliosOf } from './portfolio.ts'
import type { Post } from './post.ts'
import type { Queue } from './queue.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import type { Wish } from './wish.ts'

/** A running agent as those who watch it see it. */
export type House = {
  readonly name: string
  readonly core: Core
  /** Inputs that the loop has taken so far, and those that wait. */
  readonly taken: () => number
  readonly waiting: () => number
  readonly snapshot: () => Snapshot
  /** What is known of an account, after an act where one is asked about. */
  readonly portfolio: (account: AccountId, wish?: Wish) => readonly Portfolio[]
  /** An operator's word, as over the control socket. */
  readonly order: (word: 'pause' | 'resume' | 'stop') => Promise<unknown>
}

/** Somebody who watches, until the signal fires. */
export type Attend = (house: House, signal: AbortSignal) => Promise<void>

/** The parts of an agent, for whoever watches. */
export const houseOf = (post: Post, inputs: Pick<Queue<Input>, 'taken' | 'size'>): House => ({
  name: post.context.name,
  core: post.core,
  taken: () => inputs.taken,
  waiting: () => inputs.size,
  snapshot: () => snapshotOf(post),
  portfolio: (account, wish) => portfoliosOf(post.core, post.context.clock.now(), account, wish),
  order: (ask) => obey(post, { ask }),
})
