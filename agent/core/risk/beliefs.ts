// What the agent believes of prices, routes and races, learned from what it heard and settled. Modelled time.

import type { Claim, Sale } from '../../domain/liquidation.ts'
import type { PriceBatch } from '../../domain/market.ts'
import type { ChainId, FeedId, Instant } from '../../domain/units.ts'
import { BASELINE_TERMS, type BaselineTerms, learnBaseline } from '../../maths/learning/baselines.ts'
import { type LatencyLearning, latencyUnseen, learnLatency } from '../../maths/learning/latency-learning.ts'
import { lognormalPrior, stuckBeyond } from '../../maths/learning/latency-prior.ts'
import { type Bucket, merged } from '../../maths/learning/merge.ts'
import { learnPrice } from '../../maths/learning/price-learning.ts'
import type { PriceTerms } from '../../maths/learning/price-terms.ts'
import { afterArrival, stallOdds } from '../../maths/learning/stalls.ts'
import { feedKey, type Market } from '../book.ts'
import { openClaims } from '../ledger.ts'
import type { VaultSetup } from '../setup.ts'
import type { Core } from '../state.ts'
import { modelled, secondsBetween } from './modelled.ts'

/** Takes in what the publishers agree on: the middle of all of them, so that fewer than half cannot move it. */
export function learnPrices(core: Core, { engine, prices, batches, at }: Market): void {
  const { beliefs, setup } = core
  core.laws.now.clear()
  for (const feed of prices.keys()) {
    const price = merged({ index: 0, said: saidOf(batches, feed) })?.price
    if (price === undefined) continue
    const key = feedKey(engine, feed)
    const tick = { at: modelled(core, at), price: price / 1e8 }
    beliefs.prices.set(key, learnPrice(beliefs.prices.get(key), tick, setup.risk.prices))
    beliefs.baselines.set(key, learnBaseline(beliefs.baselines.get(key), tick, baselineTerms(setup.risk.prices)))
  }
}

/** What each publisher says of a feed. */
function saidOf(batches: readonly PriceBatch[], feed: FeedId): Bucket['said'] {
  const said = batches.flatMap(({ publisher, entries }) => {
    const entry = entries.find((one) => one.feed === feed)
    return entry === undefined ? [] : [[publisher.toLowerCase(), Number(entry.price)] as const]
  })
  return Object.fromEntries(said)
}

/** They start from the same volatility as we do. */
const baselineTerms = ({ volatility, spacing }: PriceTerms): BaselineTerms => ({
  ...BASELINE_TERMS,
  volatility,
  spacing,
})

/** What is known of a route home; its prior until something settled. */
export const latencyOf = ({ beliefs }: Core, vault: VaultSetup): LatencyLearning =>
  beliefs.latencies.get(vault.id) ?? latencyUnseen(priorOf(vault))

/** The stuck mode comes on top of the body. */
function priorOf({ latency }: VaultSetup) {
  const { median, spread, stuckOdds, stuckMedian } = latency
  return lognormalPrior(median / 1_000, spread, { stuckOdds, stuckMedian: (median + stuckMedian) / 1_000 })
}

/** A sale came home: its claims teach the route how long it takes from committing capital. */
export function learnArrivals(
  core: Core,
  claims: readonly Claim[],
  sale: Sale,
  committedAt: (claim: Claim) => Instant | undefined,
): void {
  core.laws.now.clear()
  for (const claim of claims) {
    const vault = core.setup.vaults.find(({ id }) => id === claim.vault)
    if (vault === undefined) continue
    const at = modelled(core, sale.soldAt)
    const seconds = secondsBetween(core, committedAt(claim) ?? claim.openedAt, sale.soldAt)
    const told = core.beliefs.late.delete(nameOf(claim))
    core.beliefs.latencies.set(vault.id, learnLatency(latencyOf(core, vault), { type: 'arrived', at, seconds, told }))
    if (!told) noteArrival(core, vault, at, false)
  }
}

/** Claims on their way for so long that they count as stuck, once each. */
export function learnDelays(core: Core, at: Instant): void {
  for (const { claim } of openClaims(core.ledger)) {
    const vault = core.setup.vaults.find(({ id }) => id === claim.vault)
    if (vault === undefined || core.beliefs.late.has(nameOf(claim))) continue
    const learning = latencyOf(core, vault)
    if (secondsBetween(core, claim.openedAt, at) <= stuckBeyond(learning.prior)) continue
    core.beliefs.late.add(nameOf(claim))
    core.beliefs.latencies.set(vault.id, learnLatency(learning, { type: 'late', at: modelled(core, at) }))
    noteArrival(core, vault, modelled(core, at), true)
  }
}

function noteArrival({ beliefs }: Core, { chain }: VaultSetup, at: number, late: boolean): void {
  beliefs.stalls.set(chain, afterArrival(beliefs.stalls.get(chain), at, late))
}

/** Odds that a vault chain stands still. */
export const stalledOdds = (core: Core, chain: ChainId, at: Instant): number =>
  stallOdds(core.beliefs.stalls.get(chain), modelled(core, at))

const nameOf = ({ intent, vault, collateral }: Claim): string => `${intent}:${vault}:${collateral}`

/** The most that anything makes tails wider. */
const WIDEST = 3

/** Tails as wide as the evidence asks for: never narrower than the model's own, never beyond three times. */
export function widen({ beliefs }: Core, multiplier: number): void {
  if (Number.isFinite(multiplier)) beliefs.multiplier = Math.min(WIDEST, Math.max(1, multiplier))
}
