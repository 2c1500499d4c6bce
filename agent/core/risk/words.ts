// The words of the risk room: where something is on its way, the law of its gap, what was said of it, what to draw.
import type { GapForecast } from '../../domain/gap-record.ts'
import type { ChainId, FeedId, VaultId, Wad } from '../../domain/units.ts'
import type { LatencyBelief } from '../../maths/learning/latency-belief.ts'
import type { PriceBelief, Untrusted } from '../../maths/learning/price-belief.ts'
import type { ReturnLaw } from '../../maths/risk/law.ts'
import type { Failure, Tail } from '../../maths/risk/loss.ts'
import type { Market } from '../../maths/risk/market.ts'
import type { Reason } from '../../maths/risk/refusal.ts'
import type { Plan, Scenarios } from '../../maths/risk/scenarios.ts'

/** Where a collateral is on its way: what moves its price, and what holds it up. */
export type Cell = { readonly engine: ChainId; readonly feed: FeedId; readonly vault: VaultId }

/** Levels that everything is measured at; the first decides the premium. */
export const LEVELS = [0.975, 0.99, 0.999] as const

/** A return law with what quotes ask of it again and again. Per dollar on its way. */
export type GapLaw = {
  readonly belief: PriceBelief
  readonly latency: LatencyBelief
  readonly law: ReturnLaw
  /** Lower tails of the return at the levels. */
  readonly tails: readonly Tail[]
  readonly failures: readonly Failure[]
  /** Mean fall in value, failures included; what the tail falls beyond it, at the levels. */
  readonly meanFall: number
  readonly shortfalls: readonly number[]
}

/** One leg on its way or about to be: its value, the debt paid for it, and the law of its return until it is sold. */
export type Exposure = { readonly cell: Cell; readonly value: Wad; readonly debt: Wad; readonly law: GapLaw }

/** Why there is no law, in a word. */
export type Unknown = { readonly type: 'untrusted'; readonly reason: Untrusted['reason'] | 'vault-unknown' | Reason }

/** Dollars whose value moves with a price until a route delivers; negative for what gains when it falls. */
export type Carriage = {
  readonly key: string
  readonly cell: Cell
  readonly amount: number
  /** Seconds already on the way, in steps: the law of what is left changes slowly. */
  readonly elapsed: number
  /** The size that its route sees. */
  readonly ticket: Wad
}

/** What was said, and what it takes to judge it later. */
export type Forecast = {
  readonly said: GapForecast
  readonly cell: Cell
  readonly law: GapLaw
  /** Price of the collateral's feed when it was said. */
  readonly price: number
}

/** What to draw: plain data, all of it. Assets (`engine:feed`) and routes name the places of the market. */
export type ScenarioSpec = {
  readonly id: number
  readonly assets: readonly string[]
  readonly routes: readonly VaultId[]
  readonly market: Market
  readonly plan: Plan
}

/** A specification with the scenarios drawn from it. */
export type Table = { readonly spec: ScenarioSpec; readonly scenarios: Scenarios }
