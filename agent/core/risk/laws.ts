// The law of one collateral's return until it is sold on one vault: kept as long as what it rests on stands still.

import type { MarketState } from '../../domain/gap-record.ts'
import type { Instant, Wad } from '../../domain/units.ts'
import { type LatencyBelief, latencyBelief } from '../../maths/learning/latency-belief.ts'
import { gapOf, type PriceBelief, priceBelief, sameBelief } from '../../maths/learning/price-belief.ts'
import type { Latency } from '../../maths/risk/latency.ts'
import { businessYears, lawOver } from '../../maths/risk/law.ts'
import { type Failure, tailOf, varEsWithFailures } from '../../maths/risk/loss.ts'
import { processOf } from '../../maths/risk/model.ts'
import type { Rule } from '../../maths/risk/quadrature.ts'
import { Refusal } from '../../maths/risk/refusal.ts'
import { feedKey } from '../book.ts'
import { routeRating } from '../ratings.ts'
import type { VaultSetup } from '../setup.ts'
import type { Core } from '../state.ts'
import { latencyOf, stalledOdds } from './beliefs.ts'
import type { Laws } from './memory.ts'
import { modelled } from './modelled.ts'
import { type Cell, type GapLaw, LEVELS, type Unknown } from './words.ts'

/** Quadrature nodes of a quote. */
const NODES = 24

/** The law of a ticket of some dollars, or why nobody should trust one. What is asked for a quote is written down with it. */
export function gapLaw(core: Core, at: Instant, cell: Cell, ticket: Wad): GapLaw | Unknown {
  const law = lawAt(core, at, cell, ticket)
  const { asked } = core.laws
  if (asked !== undefined && !asked.some((one) => one.law === law && one.ticket === ticket && sameCell(one.cell, cell)))
    asked.push({ cell, ticket, law })
  return law
}

const sameCell = (a: Cell, b: Cell): boolean => a.vault === b.vault && a.feed === b.feed && a.engine === b.engine

/** The same of what is carried already: nobody's quote rests on it alone. */
export function lawAt(core: Core, at: Instant, cell: Cell, ticket: Wad): GapLaw | Unknown {
  const { laws } = core
  const vault = vaultOf(core, cell)
  if (vault === undefined) return { type: 'untrusted', reason: 'vault-unknown' }
  if (laws.nowAt !== at) laws.now.clear()
  laws.nowAt = at
  const slower = slowerBy(vault, ticket)
  const key = `${keyOf(cell)}:${cell.vault}:${slower}`
  const known = laws.now.get(key)
  if (known !== undefined) return known
  const found = trusted(() => lawFor(core, at, { cell, vault, slower, key }))
  laws.now.set(key, found)
  return found
}

/** Numerics that end in no number end in no law. */
function trusted<T>(found: () => T): T | Unknown {
  try {
    return found()
  } catch (error) {
    if (error instanceof Refusal) return { type: 'untrusted', reason: error.reason }
    throw error
  }
}

/** What is believed of a feed's price now: nothing, when a price moved further than the model can describe. */
export function beliefOf(core: Core, at: Instant, feed: Pick<Cell, 'engine' | 'feed'>): PriceBelief | Unknown {
  const belief = priceBelief(core.beliefs.prices.get(keyOf(feed)), modelled(core, at), core.setup.risk.prices)
  if (belief.type === 'untrusted') return belief
  return trusted(() => {
    processOf(belief.model)
    return belief
  })
}

type Wanted = {
  readonly cell: Cell
  readonly vault: VaultSetup
  readonly slower: number
  readonly key: string
}

function lawFor(core: Core, at: Instant, { cell, vault, slower, key }: Wanted): GapLaw | Unknown {
  const belief = beliefOf(core, at, cell)
  if (belief.type === 'untrusted') return belief
  const latency = latencyAt(core, at, { vault, state: belief.state, slower })
  const kept = core.laws.kept.get(key)
  if (kept?.latency === latency && sameBelief(kept.belief, belief, SAME)) return kept
  const made = build(core.laws, { vault, belief, latency }, kept)
  core.laws.kept.set(key, made)
  return made
}

/** Parameters that differ by less make the same law. */
const SAME = 0.05

/** The vault that a cell names. */
export const vaultOf = ({ setup }: Core, { engine, vault }: Pick<Cell, 'engine' | 'vault'>): VaultSetup | undefined =>
  setup.vaults.find((one) => one.id === vault && one.engine === engine)

const keyOf = ({ engine, feed }: Pick<Cell, 'engine' | 'feed'>): string => feedKey(engine, feed)

/** Larger tickets wait for more confirmations: by how much, as the vault's steps say. */
function slowerBy({ latency }: VaultSetup, ticket: Wad): number {
  return (latency.steps ?? []).reduce((times, step) => (ticket > step.above ? step.times : times), 1)
}

type Situation = { readonly vault: VaultSetup; readonly state: MarketState; readonly slower: number }

/** One belief per version of the route, state of the market and tenth of a chance that its chain stands still. */
export function latencyAt(core: Core, at: Instant, { vault, state, slower }: Situation): LatencyBelief {
  const learning = latencyOf(core, vault)
  const odds = Math.max(stalledOdds(core, vault.chain, at), routeRating(core, at, vault.id).excess)
  const key = `${vault.id}:${learning.version}:${state}:${Math.round(10 * odds)}:${slower}`
  const kept = core.laws.latencies.get(key)
  if (kept !== undefined) return kept
  const belief = latencyBelief(learning, { at: modelled(core, at), state, stallOdds: odds })
  const made = { ...belief, law: scaled(belief.law, slower) }
  remember(core.laws.latencies, key, made)
  return made
}

function scaled(latency: Latency, times: number): Latency {
  if (times === 1) return latency
  if (latency.type === 'mixture')
    return { ...latency, parts: latency.parts.map(([weight, part]) => [weight, scaled(part, times)]) }
  if (latency.type === 'lognormal') return { ...latency, median: latency.median * times }
  if (latency.type === 'empirical') return { ...latency, times: latency.times.map((time) => time * times) }
  return latency
}

type Parts = { readonly vault: VaultSetup; readonly belief: PriceBelief; readonly latency: LatencyBelief }

/** Quantiles are looked for from where those of the last law were, on the scale of the new one. */
function build(laws: Laws, { vault, belief, latency }: Parts, last: GapLaw | undefined): GapLaw {
  const { model, activity } = gapOf(belief, latency.law)
  const law = lawOver(processOf(model), timesOf(laws, latency, activity))
  const scale = last === undefined ? undefined : law.deviation / last.law.deviation
  const guess = (i: number): number | undefined => {
    const q = last?.tails[i]?.q
    return q === undefined || scale === undefined ? undefined : q * scale
  }
  const failures = failuresOf(vault)
  const settles = 1 - failures.reduce((sum, { odds }) => sum + odds, 0)
  const meanFall = settles * (1 - law.mean) + failures.reduce((sum, { odds, loss }) => sum + odds * loss, 0)
  const tails = LEVELS.map((alpha, i) => tailOf(law, 1 - alpha, guess(i)))
  const shortfalls = LEVELS.map((alpha, i) =>
    failures.length === 0
      ? law.mean - (tails[i]?.g ?? 0)
      : varEsWithFailures(law, { K: 1, h: 1 }, failures, alpha).ES - meanFall,
  )
  return { belief, latency, law, tails, failures, meanFall, shortfalls }
}

/** A refund costs part of the value, a failed bridge all of it. */
function failuresOf({ failures }: VaultSetup): readonly Failure[] {
  if (failures === undefined) return []
  const all = [
    { odds: failures.refundOdds, loss: failures.refundLoss },
    { odds: failures.lossOdds, loss: 1 },
  ]
  return all.filter(({ odds }) => odds > 0)
}

/** The mean activity only stretches time: the rule is found once per latency and spread. */
function timesOf({ times }: Laws, latency: LatencyBelief, activity: Latency | undefined): Rule {
  const [mean, spread] = activity?.type === 'lognormal' ? [activity.median, activity.s] : [1, 0]
  const kept = times.get(latency)
  const even = spread > 0 ? ({ type: 'lognormal', median: 1, s: spread } as const) : undefined
  const rule = kept?.spread === spread ? kept.rule : businessYears({ latency: latency.law, activity: even }, NODES)
  times.set(latency, { spread, rule })
  return { points: rule.points.map((time) => time * mean), weights: rule.weights }
}

/** Most latencies kept at once; the oldest is forgotten first. */
const MOST_KEPT = 128

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MOST_KEPT && oldest !== undefined) map.delete(oldest)
}
