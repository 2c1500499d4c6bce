// What the risk room remembers. Changed only by inputs.
import type { IntentId } from '../../domain/liquidation.ts'
import type { RouteReport } from '../../domain/message.ts'
import type { ChainId, Instant, VaultId, Wad } from '../../domain/units.ts'
import type { BaselineLearning } from '../../maths/learning/baselines.ts'
import type { LatencyBelief } from '../../maths/learning/latency-belief.ts'
import type { LatencyLearning } from '../../maths/learning/latency-learning.ts'
import type { PriceBelief } from '../../maths/learning/price-belief.ts'
import type { PriceLearning } from '../../maths/learning/price-learning.ts'
import type { StallBelief } from '../../maths/learning/stalls.ts'
import type * as portfolio from '../../maths/risk/portfolio.ts'
import type { Rule } from '../../maths/risk/quadrature.ts'
import { type Chance, chance } from '../../maths/risk/random.ts'
import type { AssetClass } from '../../maths/risk/stress.ts'
import type { LevelRisk } from '../../maths/risk/tail-select.ts'
import { openRaces, type Races } from './races.ts'
import type { Carriage, Cell, Forecast, GapLaw, Table, Unknown } from './words.ts'

/** Changed only by inputs. Prices by engine and feed, stalls by vault chain. */
export type Beliefs = {
  readonly prices: Map<string, PriceLearning>
  /** What simpler models make of the same prices: what ours is compared with. */
  readonly baselines: Map<string, BaselineLearning>
  readonly latencies: Map<VaultId, LatencyLearning>
  readonly stalls: Map<ChainId, StallBelief>
  /** Claims already counted as stuck, by intent, vault and collateral. */
  readonly late: Set<string>
  readonly races: Races
  /** Candidates that demand for tail capital was learned from, and what it would have earned lately, per unit. */
  readonly demand: Set<string>
  lately: number
  /** What the evidence about earlier forecasts makes of tails: at least one. */
  multiplier: number
}

/** Nothing heard yet: priors only. */
export const openBeliefs = (): Beliefs => ({
  prices: new Map(),
  baselines: new Map(),
  latencies: new Map(),
  stalls: new Map(),
  late: new Set(),
  demand: new Set(),
  races: openRaces(),
  lately: 0,
  multiplier: 1,
})

/** Laws and the business times they are summed over, by what they rest on. */
export type Laws = {
  readonly kept: Map<string, GapLaw>
  /** The same within one instant, when nothing changes. */
  readonly now: Map<string, GapLaw | Unknown>
  /** Everything asked for while one candidate is priced. */
  asked: AskedLaw[] | undefined
  nowAt: Instant | undefined
  readonly latencies: Map<string, LatencyBelief>
  readonly times: WeakMap<LatencyBelief, { readonly spread: number; readonly rule: Rule }>
}

/** A law, and what it was asked for. */
export type AskedLaw = { readonly cell: Cell; readonly ticket: Wad; readonly law: GapLaw | Unknown }

export const openLaws = (): Laws => ({
  kept: new Map(),
  now: new Map(),
  asked: undefined,
  nowAt: undefined,
  latencies: new Map(),
  times: new WeakMap(),
})

/** Residuals of the feeds of one engine over one step, by `engine:feed`. */
type Moment = ReadonlyMap<string, number>

/** The last moments, and where each engine's prices stood at the newest. */
export type History = {
  readonly moments: Moment[]
  readonly stood: Map<number, { readonly at: number; readonly prices: ReadonlyMap<string, number> }>
}

export const openHistory = (): History => ({ moments: [], stood: new Map() })

/** Gaps that are not over yet, by forecast; and the candidates and routes that were forecast before. */
export type Evidence = {
  readonly open: Map<string, Followed>
  readonly said: Set<string>
  /** For latencies that nobody lived through: it must not disturb the strategies' luck. */
  readonly chance: Chance
}

/** A forecast on its way to its end: our own sale, or a modelled time. */
export type Followed = Forecast & { readonly intent: IntentId | undefined; readonly drawn: Drawn }

/** A latency drawn at some odds, and the modelled time at which it is over. */
type Drawn = { readonly odds: number; readonly seconds: number; readonly due: number }

/** Draws that are thrown away: the first ones of small seeds resemble each other. */
const WARM_UP = 32

export function openEvidence(seed: number): Evidence {
  const luck = chance(seed)
  for (let i = 0; i < WARM_UP; i++) luck.uniform()
  return { open: new Map(), said: new Set(), chance: luck }
}

/** The table last asked for, when, and what was believed then. */
export type Asked = { readonly id: number; readonly at: Instant; readonly beliefs: readonly PriceBelief[] }

/** The losses of what is carried, in the rows of one table. */
export type Carried = {
  readonly table: Table
  readonly whole: portfolio.Book
  /** Parts by name: `asset 31338:0`, `route vault-fast`, `chain 1`. */
  readonly parts: Map<string, portfolio.Book>
  readonly held: Map<string, Placed>
  /** Found for what is held now: risks by part, shares by what was asked. */
  readonly risks: Map<string, readonly LevelRisk[]>
  readonly shares: Map<string, number>
  /** Tail of one dollar in every cell, by itself. */
  readonly units: Map<string, readonly LevelRisk[]>
  /** How much longer the tails of a part are by the laws of the moment than in the table, at every level. */
  readonly stretches: Map<string, readonly number[]>
  tail: portfolio.TailRows | undefined
}

/** What is carried, as long as nothing is told and nothing is reserved. Parts of it are filled in when first asked for. */
export type Held = {
  readonly at: Instant
  readonly turn: number
  readonly ledger: number
  readonly multiplier: number
  readonly carriages: readonly Carriage[]
  /** Tails added up, by part. */
  readonly tails: Map<string, readonly LevelRisk[]>
  /** What the days of stress would cost, in the order of `STRESSES`. */
  stressed: readonly number[] | undefined
  outlays: Outlays | undefined
}

/** Dollars paid and not yet received. */
export type Outlays = {
  readonly byRoute: ReadonlyMap<VaultId, bigint>
  readonly byKind: ReadonlyMap<AssetClass, bigint>
}

/** One holding in the losses, and the parts of everything that it belongs to. */
export type Placed = {
  readonly holding: portfolio.Holding
  readonly cell: Cell
  readonly ticket: Wad
  readonly parts: readonly string[]
}

/** What routes and providers are rated by. */
export type Ratings = {
  /** By vault, then by who reported it. */
  readonly reports: Map<VaultId, Map<string, { readonly report: RouteReport; readonly at: Instant }>>
  /** By provider, fading. */
  readonly promises: Map<string, Promises>
}

/** Firm offers asked for, those that were made, and how far they fell behind what was indicated, in bps, on average. */
export type Promises = { readonly asked: number; readonly kept: number; readonly short: number }

/** Nothing is known of anybody. */
export const openRatings = (): Ratings => ({ reports: new Map(), promises: new Map() })
