// The common scenarios: what to draw them from, and when to ask for new ones. Drawing is somebody else's
// work: it takes tens of milliseconds, and the same specification always gives the same table.

import type { MarketState } from '../../domain/gap-record.ts'
import type { ChainId, Instant } from '../../domain/units.ts'
import { stuckBeyond } from '../../maths/learning/latency-prior.ts'
import { activityOf, type PriceBelief, sameBelief } from '../../maths/learning/price-belief.ts'
import { type Asset, type Clock, HORIZONS, type Market } from '../../maths/risk/market.ts'
import { type AssetClass, classOf, stressRows } from '../../maths/risk/stress.ts'
import type { Core } from '../state.ts'
import { latencyOf, stalledOdds } from './beliefs.ts'
import { historicalRows } from './history.ts'
import { beliefOf, latencyAt } from './laws.ts'
import type { ScenarioSpec } from './words.ts'

/**
 * New scenarios to draw, when there are none for what is believed now. They decide what nets and adds up; how long tails
 * are, the laws of the moment say, so that they may be a little old.
 */
export function wantedScenarios(core: Core, at: Instant): ScenarioSpec | undefined {
  const listed = assetsOf(core)
  const beliefs = listed.map((one) => beliefOf(core, at, one))
  const known = beliefs.flatMap((one) => (one.type === 'belief' ? [one] : []))
  if (listed.length === 0 || known.length < listed.length || !isDue(core, at, known)) return undefined
  const id = (core.asked?.id ?? 0) + 1
  core.asked = { id, at, beliefs: known }
  return specOf(core, at, { id, listed, beliefs: known })
}

type Listed = { readonly engine: ChainId; readonly feed: number; readonly symbol: string }

/** Every asset that serves as collateral, once per engine and feed. */
function assetsOf({ book }: Core): readonly Listed[] {
  const all = [...book.terms].flatMap(([engine, { collaterals }]) =>
    collaterals.map(({ feed, symbol }) => ({ engine, feed, symbol })),
  )
  return all.filter(({ engine, feed }, i) => all.findIndex((one) => one.engine === engine && one.feed === feed) === i)
}

/** Beliefs that differ by less than this share may wait for the next regular drawing. */
const MATERIAL = 0.5
/** Wall milliseconds between two drawings, and until one is asked for again that never came. */
const SOONEST = 10_000
const LOST_AFTER = 30_000

function isDue({ asked, carried, setup }: Core, at: Instant, beliefs: readonly PriceBelief[]): boolean {
  if (asked === undefined) return true
  const age = at - asked.at
  if (carried?.table.spec.id !== asked.id) return age > LOST_AFTER
  if (age < SOONEST) return false
  const same = beliefs.length === asked.beliefs.length && beliefs.every((one, i) => isSame(one, asked.beliefs[i]))
  return !same || age * setup.timeScale > setup.risk.scenarios.refresh
}

const isSame = (now: PriceBelief, then: PriceBelief | undefined): boolean =>
  then !== undefined && sameBelief(now, then, MATERIAL)

type Drawing = { readonly id: number; readonly listed: readonly Listed[]; readonly beliefs: readonly PriceBelief[] }

function specOf(core: Core, at: Instant, { id, listed, beliefs }: Drawing): ScenarioSpec {
  const { rows, historical } = core.setup.risk.scenarios
  const classes = listed.map(({ symbol }) => classOf(symbol))
  const assets = beliefs.map((belief, i) => assetOf(belief, classes[i] ?? 'alt'))
  const names = listed.map(({ engine, feed }) => `${engine}:${feed}`)
  const market = marketOf(core, at, assets, worstOf(beliefs))
  const past = historicalRows(core, { names, beliefs, weight: historical })
  const fixed = [...past, ...stressRows(classes, market.chains.length, STRESS_WEIGHT)]
  const routes = core.setup.vaults.map((vault) => vault.id)
  return { id, assets: names, routes, market, plan: { rows, seed: core.setup.seed + id, fixed } }
}

/** Each day of stress counts as often as one liquidation in ten thousand. */
const STRESS_WEIGHT = 1e-4

/** Loads on the common factor: majors correlate at 0.77 (fifteen-minute returns, 2025). */
const LOADS: Readonly<Record<AssetClass, number>> = { bitcoin: 0.88, ether: 0.88, alt: 0.85, stable: 0.1 }

const assetOf = (belief: PriceBelief, kind: AssetClass): Asset => ({
  model: belief.model,
  load: LOADS[kind],
  clock: HORIZONS.map((seconds) => clockOf(belief, seconds)),
})

function clockOf(belief: PriceBelief, seconds: number): Clock | undefined {
  const activity = activityOf(belief, seconds)
  return activity?.type === 'lognormal' ? { median: activity.median, s: activity.s } : undefined
}

/** Degrees of freedom of the copula: the tail of sixteen months of ten assets asks for three to four. */
const NU = 4
/** Share of a delay that all settlements of a route have in common. */
const ROUTE_SHARE = 0.5
/** Spread of ln(time) that a stalled chain takes. */
const STALL_SPREAD = 0.7

function marketOf(core: Core, at: Instant, assets: readonly Asset[], worst: MarketState): Market {
  const { vaults } = core.setup
  const chains = [...new Set(vaults.map(({ chain }) => chain))]
  return {
    assets,
    routes: vaults.map((vault) => ({
      latency: latencyAt(core, at, { vault, state: worst, slower: 1 }).law,
      chain: chains.indexOf(vault.chain),
    })),
    chains: chains.map((chain) => {
      const longest = Math.max(
        ...vaults.filter((one) => one.chain === chain).map((one) => stuckBeyond(latencyOf(core, one).prior)),
      )
      return { stallOdds: stalledOdds(core, chain, at), stall: { type: 'lognormal', median: longest, s: STALL_SPREAD } }
    }),
    nu: NU,
    routeShare: ROUTE_SHARE,
  }
}

/** Routes are as slow as the most troubled of the markets makes them. */
const worstOf = (beliefs: readonly PriceBelief[]): MarketState =>
  (['cascade', 'triggered'] as const).find((state) => beliefs.some((one) => one.state === state)) ?? 'calm'
