// Worlds whose only way home is slow, played with and without a hedge: what the gap took, and what the hedge gave and cost.
import type { Effect } from '../../agent/core/core.ts'
import { openClaims } from '../../agent/core/ledger.ts'
import type { Setup } from '../../agent/core/setup.ts'
import { worth } from '../../agent/core/worth.ts'
import { millis } from '../../agent/domain/units.ts'
import { simulatedSetup } from '../../agent/runtime/simulated.ts'
import { coverageNetwork, seedWorld, WATCHED, WATCHED_EXECUTOR } from '../../agent/simulator/coverage/seed-world.ts'
import type { World } from '../../agent/simulator/state.ts'
import { lawfulWay } from '../../agent/simulator/way-home.ts'
import { runWorld } from '../../agent/simulator/world.ts'

/** Hours of a market with falls; claims take an hour and a half, and some of them much longer. */
const HOURS = { market: 'fierce', warmUp: 6, hours: 8, patience: 6, accounts: 60 } as const
const LAW = { median: 90 * 60_000, spread: 0.3, stuckOdds: 0.03, stuckMedian: 3 * 3_600_000, stuckSpread: 0.5 }

/** One run in dollars: what the gap brought (losses below zero), what the hedge brought, its fees, outlay, settlements. */
export type SlowRun = {
  readonly seed: number
  readonly gap: number
  readonly hedge: number
  readonly fees: number
  readonly outlay: number
  readonly settled: number
  readonly total: number
}

/** The setup of an agent that hedges so much of what is on its way (bps). */
export async function hedging(ratio: number): Promise<Setup> {
  const strategies = [{ use: 'hedged', params: { ratio } }]
  const setup = await simulatedSetup(coverageNetwork(), {
    executor: WATCHED_EXECUTOR,
    bonded: true,
    seed: 1,
    strategies,
  })
  const latency = {
    median: millis(LAW.median),
    spread: LAW.spread,
    stuckOdds: LAW.stuckOdds,
    stuckMedian: millis(LAW.stuckMedian),
  }
  return { ...setup, vaults: setup.vaults.map((one) => ({ ...one, latency })) }
}

/** Plays one seed. */
export function playSlow(seed: number, setup: Setup): SlowRun {
  const spec = seedWorld({ seed, ...HOURS }, setup)
  const vaults = spec.vaults.map((one) => ({
    ...one,
    way: lawfulWay(LAW, { seed, route: one.id, timeScale: spec.timeScale, stoppages: [] }),
  }))
  const run = { seed, gap: 0, hedge: 0, fees: 0, outlay: 0, settled: 0, total: 0 }
  const effect = (_: unknown, said: Effect): void => {
    if (said.kind === 'settled') {
      run.gap += dollars(said.attribution.gap)
      run.total += dollars(said.attribution.total)
      run.outlay += dollars(said.fill.outlay)
      run.settled++
    } else if (said.kind === 'position-closed') {
      run.hedge += dollars(said.closed.pnl)
      run.total += dollars(said.closed.pnl)
      run.fees += dollars(said.closed.fees)
    }
  }
  const { world } = runWorld({ ...spec, vaults }, [{ effect }])
  const open = unfinished(world)
  return { ...run, gap: run.gap + open.gap, hedge: run.hedge + open.hedge, total: run.total + open.gap + open.hedge }
}

/** What is still on its way at the end, and what offsets it, at the last prices. */
function unfinished({ agents, engine, newestPrices }: World): { readonly gap: number; readonly hedge: number } {
  const core = agents.find(({ spec }) => spec.name === WATCHED)?.core
  const { terms } = engine
  const market = { terms, prices: newestPrices }
  const gap =
    core === undefined
      ? 0n
      : openClaims(core.ledger).reduce((sum, { claim, value }) => sum + (worth(market, claim) ?? value) - value, 0n)
  const hedge = terms.instruments.reduce((sum, { id, markFeed }) => {
    const position = core?.trades.positions.get(`${terms.chain}:${id}`)
    const mark = newestPrices.get(markFeed)?.price ?? 0n
    return position === undefined ? sum : sum + position.cash + (position.size * mark) / 10n ** 8n
  }, 0n)
  return { gap: dollars(gap), hedge: dollars(hedge) }
}

/** Mean of the worst 2.5 % of losses, the share of a run at its edge included. */
export function shortfall(losses: readonly number[], share = 0.025): number {
  const worst = losses.toSorted((a, b) => b - a)
  let [left, sum] = [share * losses.length, 0]
  for (const loss of worst) {
    const weight = Math.min(1, left)
    sum += weight * loss
    left -= weight
    if (left <= 0) break
  }
  return sum / (share * losses.length)
}

const dollars = (amount: bigint): number => Number(amount) / 1e18
