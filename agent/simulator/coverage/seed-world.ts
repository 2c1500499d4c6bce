// The world of one seed: hours of a market whose laws nobody in it was told.
import type { Setup } from '../../core/setup.ts'
import type { Network } from '../../domain/network.ts'
import { instant, millis } from '../../domain/units.ts'
import { networkOf } from '../network-of.ts'
import type { AgentSpec, WorldSpec } from '../spec.ts'
import { addressOf } from '../streams.ts'
import {
  dollars,
  engineTerms,
  HOUR,
  MINUTE,
  PRICES,
  PUBLISHERS,
  rivalsOf,
  SCALE,
  stalls,
  TIP,
  vaultsOf,
} from '../venue.ts'
import { stoppagesOver } from '../way-home.ts'
import { crowdOf } from './crowd.ts'
import { regimeMarket, type TemperName } from './regimes.ts'

/** How long and how many. Lengths in modelled hours. */
export type SeedPlan = {
  readonly seed: number
  readonly market: TemperName
  readonly warmUp: number
  readonly hours: number
  readonly patience: number
  readonly accounts: number
}

/** A working day of trading after a day of prices, and time for what is stuck. */
export const DEFAULT_HOURS = { warmUp: 24, hours: 10, patience: 4, accounts: 60 } as const

const OPENS = instant(1_700_000_000_000)

/** The name of the agent that is watched. */
export const WATCHED = 'house'

/** What the watched agent is told of all seeds' worlds; its setup is made from it. */
export const coverageNetwork = (): Network =>
  networkOf({
    name: 'coverage',
    timeScale: SCALE,
    publishers: PUBLISHERS,
    terms: engineTerms(),
    vaults: vaultsOf(0, engineTerms(), []),
  })

/** One seed's world, with an agent of this setup in it. */
export function seedWorld(plan: SeedPlan, setup: Setup): WorldSpec {
  const { seed } = plan
  const wall = (hours: number) => millis((hours * HOUR) / SCALE)
  const terms = engineTerms()
  const warmUp = wall(plan.warmUp)
  const end = OPENS + wall(plan.hours) + wall(plan.patience)
  const stoppages = stoppagesOver([OPENS, end + wall(24)], stalls(seed))
  const vaults = vaultsOf(seed, terms, stoppages)
  return {
    seed,
    timeScale: SCALE,
    opensAt: OPENS,
    warmUp,
    duration: wall(plan.hours),
    patience: wall(plan.patience),
    engine: { terms, blockTime: millis(1_000), gasLimit: 30_000_000n, pool: dollars(1e9), insurance: dollars(1e6) },
    vaults,
    market: regimeMarket(plan.market, seed, SCALE, -warmUp),
    prices: PRICES,
    crowd: crowdOf({ seed, terms, count: plan.accounts, every: (8 * MINUTE) / SCALE }),
    agents: [watched({ ...setup, seed })],
    rivals: rivalsOf(seed),
  }
}

/** The watched agent's account. It is the same in every seed. */
export const WATCHED_EXECUTOR = addressOf(0, WATCHED)

const watched = (setup: Setup): AgentSpec => ({
  name: WATCHED,
  executor: WATCHED_EXECUTOR,
  setup,
  capital: dollars(400_000),
  tip: TIP,
  submitDelay: millis(120),
  nodeDelay: millis(80),
  refill: millis((30 * MINUTE) / SCALE),
  scenarios: 'added-up',
  tails: 'as-modelled',
})
