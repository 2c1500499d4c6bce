// Everything there is in a simulated world. Changed by what the timeline plays, and by nothing else.
import type { Address } from 'viem'
import type { Core, Effect, Input } from '../core/core.ts'
import type { Claim } from '../domain/liquidation.ts'
import type { Margin, MarginAccount, PriceBatch, Prices } from '../domain/market.ts'
import type { AccountId, Bps, Instant, Wad } from '../domain/units.ts'
import type { Holdings } from '../maths/margin.ts'
import type { Caution } from '../maths/trust/caution.ts'
import type { Engine } from './engine.ts'
import type { Pools } from './sales.ts'
import type { Taken } from './slice.ts'
import type { AgentSpec, RivalSpec, WorldSpec } from './spec.ts'
import type { Timeline } from './timeline.ts'
import type { Waiting } from './transactions.ts'

export type World = {
  readonly spec: WorldSpec
  readonly time: Timeline
  readonly engine: Engine
  readonly waiting: Waiting
  readonly pools: Pools
  readonly agents: readonly Agent[]
  readonly rivals: readonly Rival[]
  readonly recorder: Required<Observer> & { hash(): string }
  readonly closesAt: Instant
  /** Gives an agent one input, now. */
  readonly tell: (agent: Agent, news: News) => void
  /** Slices taken in the block that is being made. */
  readonly bids: { readonly bidder: Address; readonly account: AccountId }[]
  /** Cash that is paid in with the next block. */
  readonly deposits: Deposit[]
  /** What the publishers said last, and what the quorum makes of it. */
  newest: readonly PriceBatch[]
  newestPrices: Prices
  /** Transactions so far: each has a hash of its own. */
  transactions: bigint
}

export type Agent = {
  readonly spec: AgentSpec
  readonly core: Core
  /** Heard with the next block. */
  readonly mail: News[]
  /** Claims on their way, by intent, vault and collateral. */
  readonly claims: Map<string, Claim>
  inputs: number
  /** What came of its forecasts so far. */
  caution: Caution | undefined
}

export type Rival = {
  readonly spec: RivalSpec
  /** When it will have understood what it saw, by account and version. */
  readonly ready: Map<string, number>
  /** Bids under way, by account and version. */
  readonly busy: Set<string>
  /** What it did not want, and what that rested on. */
  readonly left: WeakMap<MarginAccount, Left>
  wins: number
}

/** An account that was not wanted: at these values, this discount and this cash. */
type Left = {
  readonly margin: Margin
  readonly held: Holdings | undefined
  readonly at: Bps
  readonly cash: bigint
}

export type Deposit = { readonly executor: Address; readonly amount: Wad; readonly agent: Agent | undefined }

/** An input whose time is the moment it is heard. */
export type News = Input extends infer One ? (One extends Input ? Omit<One, 'at'> : never) : never

/** An account below maintenance at the newest prices. */
export type Under = { readonly account: MarginAccount; readonly margin: Margin }

/** Sees what happens and changes nothing. */
export type Observer = {
  /** An agent's core is about to be told something. */
  readonly input?: (agent: Agent, input: Input) => void
  /** An agent's core said something. */
  readonly effect?: (agent: Agent, effect: Effect, at: Instant) => void
  /** Somebody's bid was executed. */
  readonly taken?: (who: string, taken: Taken, tip: bigint) => void
  /** Before a block is filled. */
  readonly filling?: (world: World) => void
  /** A block is full; `under` are the accounts that can be taken in the next. */
  readonly block?: (world: World, under: readonly Under[]) => void
}
