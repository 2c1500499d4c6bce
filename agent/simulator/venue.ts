// The market that seeds and backtests are played on: two perpetuals, two vaults, searchers without a model of the gap.
import type { LatencyLaw } from '../domain/liquidation.ts'
import type { Collateral, EngineTerms } from '../domain/market.ts'
import { bps, chainId, millis, type VaultId, wad } from '../domain/units.ts'
import type { Market } from '../maths/sizing.ts'
import { perpetualShocks } from './scenario/shocks.ts'
import type { PriceSpec, RivalSpec, VaultSpec, Way } from './spec.ts'
import { addressOf, stream } from './streams.ts'
import { type Drawn, lawfulWay, type Stoppage, type TrueLaw } from './way-home.ts'

/** One wall second is one modelled minute. */
export const SCALE = 60
export const HOUR = 3_600_000
export const MINUTE = 60_000
export const dollars = (amount: number) => wad(BigInt(Math.round(amount)) * 10n ** 18n)

/** They are the same in every seed. */
export const PUBLISHERS = [0, 1, 2].map((n) => addressOf(0, `publisher ${n}`)).sort()

/** A price a second, which is one a modelled minute. */
export const PRICES: PriceSpec = {
  publishers: PUBLISHERS,
  interval: millis(1_000),
  warmInterval: millis(1_000),
  maxAge: millis(5_000),
  heartbeat: millis(1_500),
  gossip: { median: millis(60), spread: 0.6, loss: 0.01 },
}

/** Two perpetuals; WETH and WBTC in a fast and a slow vault. */
export function engineTerms(): EngineTerms {
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

/** How often and how long the vaults' chain stands still. */
export const stalls = (seed: number) => ({
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

/** Both vaults with the ways home that this seed has drawn. */
export const vaultsOf = (
  seed: number,
  { collaterals }: EngineTerms,
  stoppages: readonly Stoppage[],
): readonly VaultSpec[] =>
  Object.entries(PRIORS).map(([id, prior]) => ({
    id,
    chain: chainId(41_337),
    prior,
    pools: new Map(collaterals.filter(({ vault }) => vault === id).map((one) => [one.id, POOL])),
    way: drawnWay({ seed, route: id, timeScale: SCALE, stoppages }, prior),
  }))

/** A way by a law that is drawn around what is believed of it. */
export const drawnWay = (drawn: Drawn, prior: LatencyLaw): Way =>
  lawfulWay(trueLaw(drawn.seed, drawn.route, prior), drawn)

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

/** What everybody bids for inclusion, more or less, in wei per gas. */
export const TIP = 2_000_000_000n

/** Reaction times of searchers as they were measured: some within a block, most within three. */
const REACTIONS: readonly { readonly median: number; readonly greed: number; readonly cash: number }[] = [
  { median: 1_200, greed: 0.012, cash: 80_000 },
  { median: 2_500, greed: 0.008, cash: 120_000 },
  { median: 5_000, greed: 0.005, cash: 150_000 },
]

/** Three searchers. */
export const rivalsOf = (seed: number): readonly RivalSpec[] =>
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
