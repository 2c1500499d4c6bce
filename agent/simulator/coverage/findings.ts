// What one seed's run found: forecasts with how they ended, chances with what became of them, and the agent's books.
import type { Setup } from '../../core/setup.ts'
import type { GapRecord, MarketState } from '../../domain/gap-record.ts'
import type { VaultId } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import type { Observer } from '../state.ts'
import { runWorld } from '../world.ts'
import { type Chance, hindsightOf } from './hindsight.ts'
import { type SeedPlan, seedWorld, WATCHED } from './seed-world.ts'

/** One forecast that was judged. Returns over the gap: the one that came, and the quantiles that VaR says. */
export type Judged = {
  readonly state: MarketState
  readonly vault: VaultId
  readonly taken: boolean
  readonly x: number
  /** By level: ln((K - VaR) / h), below which a loss is beyond VaR. */
  readonly quantiles: Readonly<Record<string, number>>
  /** Modelled seconds. */
  readonly seconds: number
  readonly u: number
  readonly uLatency: number
}

export type SeedFindings = {
  readonly seed: number
  readonly decisionsHash: string
  readonly judged: readonly Judged[]
  /** Forecasts made while the market was open and not over at the end. */
  readonly unfinished: number
  readonly chances: readonly Chance[]
  readonly liquidations: number
  /** Dollars. */
  readonly pnl: number
  readonly gap: number
}

/** Runs one seed and keeps what it found. */
export function coverSeed(plan: SeedPlan, setup: Setup): SeedFindings {
  const spec = seedWorld(plan, setup)
  const hindsight = hindsightOf(WATCHED)
  const closes = spec.opensAt + spec.duration
  const records: GapRecord[] = []
  const books = { liquidations: 0, pnl: 0, gap: 0 }
  const observer: Observer = {
    effect(_, effect) {
      if (effect.kind === 'gap-realised') records.push(effect.record)
      if (effect.kind !== 'settled') return
      books.liquidations += 1
      books.pnl += toDouble(effect.attribution.total)
      books.gap += toDouble(effect.attribution.gap)
    },
  }
  const { world, decisionsHash } = runWorld(spec, [observer, hindsight.observer])
  const open = world.agents.flatMap(({ core }) => [...core.evidence.open.values()])
  return {
    seed: plan.seed,
    decisionsHash,
    judged: records.filter(({ forecast }) => forecast.at <= closes).map(judgedOf),
    unfinished: open.filter(({ said }) => said.at <= closes).length,
    chances: [...hindsight.chances.values()],
    ...books,
  }
}

/** What is kept of a record. */
export function judgedOf({ forecast, realised }: GapRecord): Judged {
  const { K, h, levels, state, vault } = forecast
  const { x, taken, seconds, u, uLatency } = realised
  const quantiles = Object.fromEntries(levels.map(({ alpha, VaR }) => [alpha, Math.log((K - VaR) / h)]))
  return { state, vault, taken, x, quantiles, seconds, u, uLatency }
}
