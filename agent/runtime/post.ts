// What answers for an agent, and what it says of itself.
import type { Core } from '../core/core.ts'
import { carries, coming, free, inFlight, wealth } from '../core/ledger.ts'
import { type Halt, stopped } from '../core/protect.ts'
import type { LifeState } from '../domain/life.ts'
import { type ChainId, wad } from '../domain/units.ts'
import type { Context } from './context.ts'
import type { Holder } from './holder.ts'
import type { Reconciler } from './reconcile.ts'
import type { StrategyBooks } from './strategy-books.ts'
import type { Tally } from './tally.ts'

/** What the agent says of itself. Amounts in dollars (wad). */
export type AgentStatus = {
  readonly name: string
  /** Its money is simulated. */
  readonly paper: boolean
  readonly halt: Halt | undefined
  readonly reserved: number
  readonly claims: number
  readonly inFlight: bigint
  readonly wealth: bigint
  readonly free: Readonly<Record<ChainId, bigint>>
  readonly wins: number
  readonly peers: number
}

/** The parts of an agent that its operator's questions are about. */
export type Post = {
  readonly context: Context
  readonly core: Core
  readonly tally: Tally
  readonly reconcilers: readonly Reconciler[]
  readonly holders: readonly Holder[]
  readonly books: StrategyBooks
  readonly stop: () => void
}

/** What the agent says of itself now. */
export function statusOf({ context, core, tally }: Post): AgentStatus {
  const { ledger, setup, watch } = core
  const engines = [...context.engines.keys()]
  // What the journal holds capital for is under way, whether or not the core has heard of it.
  const unheard = context.journal.lives().filter(({ intent }) => !carries(ledger, intent))
  const having = (state: LifeState): number => unheard.filter((life) => life.state === state).length
  return {
    name: context.name,
    paper: context.paper,
    halt: stopped(watch),
    reserved: ledger.reserved.size + having('signed'),
    claims: coming(ledger).length + having('final'),
    inFlight: inFlight(ledger),
    wealth: wealth(ledger),
    free: Object.fromEntries(engines.map((engine) => [engine, free(ledger, engine, wad(setup.capital.reserve))])),
    wins: tally.wins,
    peers: context.gossip.peers().length,
  }
}
