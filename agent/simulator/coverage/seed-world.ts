// The world of one seed: hours of a market whose laws nobody in it was told.
import type { Setup } from '../../core/setup.ts'
import type { LatencyLaw } from '../../domain/liquidation.ts'
import type { Collateral, EngineTerms } from '../../domain/market.ts'
import type { Network } from '../../domain/network.ts'
import { bps, chainId, instant, millis, type VaultId, wad } from '../../domain/units.ts'
import type { Market } from '../../maths/sizing.ts'
import { networkOf } from '../network-of.ts'
import { perpetualShocks } from '../scenario/shocks.ts'
import type { AgentSpec, RivalSpec, VaultSpec, WorldSpec } from '../spec.ts'
import { addressOf, stream } from '../streams.ts'
import { lawfulWay, type Stoppage, stoppagesOver, type TrueLaw } from '../way-home.ts'
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

/** One wall second is one modelled minute. */
const SCALE = 60
const HOUR = 3_600_000
const MINUTE = 60_000
const OPENS = instant(1_700_000_000_000)
const dollars = (amount: number) => wad(BigInt(amount) * 10n ** 18n)

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
    prices: {
      publishers: PUBLISHERS,
      interval: millis(1_000),
      warmInterval: millis(1_000),
      maxAge: millis(5_000),
      heartbeat: millis(1_500),
      gossip: { median: millis(60), spread: 0.6, loss: 0.01 },
    },
    crowd: crowdOf({ seed, terms, count: plan.accounts, every: (8 * MINUTE) / SCALE }),
    agents: [watched({ ...setup, seed })],
    rivals: rivalsOf(seed),
  }
}

/** Two perpetuals; WETH and WBTC in a fast and a slow vault. */
function engineTerms(): EngineTerms {
  const perpetual = (id: number, name: string) => ({
    ...{ id, name, kind: 'perpetual' as const, markFeed: id, underlyingFeed: id },
    contingency: bps(100),
    shocks: perpetualShocks(bps(900)),
  })
  return {
    chain: chainId(31_337),
    instruments: [perpetual(0, 'ETH-PERP'), perpetual(1, 'BTC-PERP')],
    collaterals: [...listed('fast', 0), ...listed('slow', 2)],
    initialFactor: bps(11_000),
    tradeFee: bps(5),
    auction: {
      startDiscount: bps(300),
      discountPerSecond: bps(200),
      maxDiscount: bps(4_000),
      target: bps(15_000),
      bondedSeconds: 2,
      insolventSeconds: 10,
      dust: dollars(50),
    },
    priceQuorum: 2,
    priceMaxAge: millis(5_000),
  }
}

function listed(vault: VaultId, first: number): readonly Collateral[] {
  const one = { vault, haircut: bps(500), gap: bps(100) }
  return [
    { ...one, id: first, symbol: 'WETH', feed: 0, decimals: 18, asset: asset(0) },
    { ...one, id: first + 1, symbol: 'WBTC', feed: 1, decimals: 8, asset: asset(1) },
  ]
}

const asset = (n: number) => addressOf(0, `asset ${n}`)

const stalls = (seed: number) => ({
  ...{ seed, chain: 'vaults', every: (24 * HOUR) / SCALE },
  median: (12 * MINUTE) / SCALE,
  spread: 0.5,
})

/** What agents are told of the ways: the middle of what the seeds' true laws are drawn around. */
const PRIORS: Readonly<Record<VaultId, LatencyLaw>> = {
  fast: { median: millis(8 * MINUTE), spread: 0.25, stuckOdds: 0.01, stuckMedian: millis(45 * MINUTE) },
  slow: { median: millis(20 * MINUTE), spread: 0.3, stuckOdds: 0.03, stuckMedian: millis(60 * MINUTE) },
}

const POOL: Market = { fee: bps(30), depth: dollars(60e6) }

function vaultsOf(seed: number, { collaterals }: EngineTerms, stoppages: readonly Stoppage[]): readonly VaultSpec[] {
  return Object.entries(PRIORS).map(([id, prior]) => ({
    id,
    chain: chainId(41_337),
    prior,
    pools: new Map(collaterals.filter(({ vault }) => vault === id).map((one) => [one.id, POOL])),
    way: lawfulWay(trueLaw(seed, id, prior), { seed, route: id, timeScale: SCALE, stoppages }),
  }))
}

function trueLaw(seed: number, id: VaultId, prior: LatencyLaw): TrueLaw {
  const from = stream(seed, 'law', id)
  const factor = (spread: number): number => Math.exp(spread * from.normal())
  return {
    median: prior.median * factor(0.12),
    spread: prior.spread * factor(0.15),
    stuckOdds: prior.stuckOdds * factor(0.4),
    stuckMedian: prior.stuckMedian * factor(0.2),
    stuckSpread: 0.7,
  }
}

/** The watched agent's account. It is the same in every seed, and so are the publishers. */
export const WATCHED_EXECUTOR = addressOf(0, WATCHED)
const PUBLISHERS = [0, 1, 2].map((n) => addressOf(0, `publisher ${n}`)).sort()

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
})

const TIP = 2_000_000_000n

/** Reaction times of searchers as they were measured: some within a block, most within three. */
const REACTIONS: readonly { readonly median: number; readonly greed: number; readonly cash: number }[] = [
  { median: 1_200, greed: 0.012, cash: 80_000 },
  { median: 2_500, greed: 0.008, cash: 120_000 },
  { median: 5_000, greed: 0.005, cash: 150_000 },
]

const rivalsOf = (seed: number): readonly RivalSpec[] =>
  REACTIONS.map(({ median, greed, cash }, i) => ({
    name: `rival ${i + 1}`,
    executor: addressOf(seed, `rival ${i}`),
    capital: dollars(cash),
    tip: TIP + BigInt(i - 1) * 100_000_000n,
    bonded: i === 0,
    reaction: { median: millis(median), spread: 0.6 },
    greed,
    refill: millis((30 * MINUTE) / SCALE),
  }))
