// What stands behind an API: one agent, or a swarm of them.

import type { Address } from 'viem'
import type { Network } from '../../domain/network.ts'
import type { Portfolio } from '../../runtime/portfolio.ts'
import type { Snapshot } from '../../runtime/snapshot.ts'
import type { Wish } from '../../runtime/wish.ts'
import type { Chronicle } from '../chronicle/chronicle.ts'
import type { ConfigView, ScenarioView, Time } from './words.ts'

/** What is known of an agent before it says anything. */
export type Known = {
  readonly name: string
  readonly role: string
  readonly strategies: readonly {
    readonly use: string
    readonly params: unknown
    readonly share: string
    readonly shortfall: string
  }[]
  /** Its operator and executors, in lower case. */
  readonly addresses: readonly string[]
}

/** The state of every agent that answered. */
export type Looks = ReadonlyMap<string, Snapshot>

/** An operator's word to one agent. */
export type Order = 'pause' | 'resume' | 'flatten'

/** A fault in one line to be injected, or one to be healed: by number, kind or name, or all. */
export type FaultOrder = { readonly inject: string } | { readonly heal: string }

/** Everything that the API serves, whoever stands behind it. */
export type Desk = {
  readonly kind: 'agent' | 'swarm'
  readonly name: string
  readonly mode: string
  readonly startedAt: Time
  readonly network: () => Network | undefined
  readonly agents: () => readonly Known[]
  readonly chronicle: Chronicle
  /** Asks every agent how it stands. Whoever does not answer is left out. */
  readonly look: () => Promise<Looks>
  readonly order: (agent: string, order: Order) => Promise<OrderDone>
  /** What is known of an account on every engine, after an act where one is wished for; whoever knows it best answers. */
  readonly portfolio: (account: Address, wish: Wish | undefined) => Promise<readonly Portfolio[]>
  readonly scenario: () => ScenarioView | undefined
  readonly config: () => ConfigView
  /** Lets something go wrong, and ends it; not there where nothing can. Rejects with what is wrong with the words. */
  readonly break?: (order: FaultOrder) => Promise<object>
  /** Inputs that loops have taken and those waiting; undefined where the loops are in other processes. */
  readonly progress: () => { readonly taken: number; readonly waiting: number } | undefined
}

/** What became of an order, and how it is taken back. */
export type OrderDone = { readonly state: string; readonly undo: Order | undefined }
