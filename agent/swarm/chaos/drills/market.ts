// A small market for the core alone: two traders below maintenance, three publishers, one vault.
import type { Address, Hex } from 'viem'
import { createCore, type Effect, type Input, step } from '../../../core/core.ts'
import { type Seat, type Setup, WHOLE_BUDGET } from '../../../core/setup.ts'
import type { Core } from '../../../core/state.ts'
import type { Fill, Intent, Outcome } from '../../../domain/liquidation.ts'
import type { Anchor, EngineTerms, MarginAccount, PriceBatch, Source } from '../../../domain/market.ts'
import { bps, chainId, type Instant, instant, millis, price, type Wad, wad } from '../../../domain/units.ts'
import { PRICE_TERMS } from '../../../maths/learning/price-terms.ts'
import type { Answer } from '../../../strategy.ts'

export const ENGINE = chainId(31_338)
export const VAULT_CHAIN = chainId(31_337)
export const START = instant(1_700_000_000_000)
export const usd = (dollars: number): Wad => wad(BigInt(Math.round(dollars * 1e6)) * 10n ** 12n)
const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const PUBLISHERS = [address(0xf1), address(0xf2), address(0xf3)]
export const at = (seconds: number): Instant => instant(START + seconds * 1_000)

/** Sixteen shocks from -9 % to 9 %, packed. */
const SHOCKS = Array.from({ length: 16 }, (_, i) => Math.round((900 * (i < 8 ? i + 1 : -(i - 7))) / 8)).reduce(
  (word, shock, i) => word | (BigInt.asUintN(16, BigInt(shock)) << BigInt(16 * i)),
  0n,
)

const terms: EngineTerms = {
  chain: ENGINE,
  instruments: [
    {
      id: 0,
      name: 'ETH-PERP',
      kind: 'perpetual',
      markFeed: 0,
      underlyingFeed: 0,
      contingency: bps(100),
      shocks: SHOCKS,
    },
  ],
  collaterals: [
    {
      id: 0,
      vault: 'vault',
      symbol: 'WETH',
      asset: address(0xe1),
      feed: 0,
      decimals: 18,
      haircut: bps(500),
      gap: bps(100),
    },
  ],
  ...{ initialFactor: bps(13_000), tradeFee: bps(5), priceQuorum: 2, priceMaxAge: millis(5_000) },
  auction: {
    ...{ startDiscount: bps(50), discountPerSecond: bps(50), maxDiscount: bps(1_500), target: bps(12_500) },
    ...{ bondedSeconds: 2, insolventSeconds: 10, dust: usd(50) },
  },
}

/** Takes the best quote of everything. */
const eager: Seat = {
  ...{ name: 'eager', budget: WHOLE_BUDGET, observe: () => undefined, tune: () => undefined },
  decide: ({ candidates }) =>
    candidates.flatMap(({ quotes }) =>
      quotes.slice(0, 1).map((quote): Answer => ({ kind: 'take', quote, reason: 'drill' })),
    ),
}

/** A live, bonded, eager agent with room for everything, but for what a drill takes away. */
export const agent = (changes: Partial<Setup> = {}): Core =>
  createCore({
    ...{ self: [address(0xa9)], mode: 'live', bonded: true, guarded: false, seed: 7, timeScale: 60, pace: millis(0) },
    ...{ publishers: PUBLISHERS, attestors: [], seats: [eager] },
    vaults: [
      {
        ...{ id: 'vault', engine: ENGINE, chain: VAULT_CHAIN },
        latency: { median: millis(480_000), spread: 0.25, stuckOdds: 0.01, stuckMedian: millis(1_800_000) },
        markets: new Map([[0, { fee: bps(30), depth: usd(60_000_000) }]]),
      },
    ],
    capital: { reserve: usd(0), maxBid: usd(1_000_000), maxBids: 1_000 },
    risk: {
      ...{ maxInFlight: usd(1_000_000), minNet: usd(0), maxShortfall: usd(1_000_000), bidPrice: 1 },
      caps: { settlement: usd(1_000_000), route: usd(1_000_000), group: usd(1_000_000) },
      shares: { settlement: 1, asset: 1, route: 1, chain: 1, extreme: 10, stress: 100 },
      prices: { ...PRICE_TERMS, volatility: 0.9 },
      scenarios: { rows: 1_024, historical: 0.25, refresh: millis(900_000) },
      payTolerance: bps(50),
    },
    protections: { drawdown: 1, gapLosses: 1_000, failedGas: usd(1_000_000), divergence: 1_000, market: FAR },
    gas: { bid: usd(0.5), claim: usd(0.5), nativeFeed: 0, runway: 0 },
    ...changes,
  })

/** A bound that no pool is beyond. */
export const FAR = { bound: 1_000, act: 'halt' } as const

export const anchor = (number: bigint, chain = ENGINE): Anchor => ({ chain, number, hash: hash(Number(number)) })

/** Long 100 ETH on 20 WETH: below maintenance at 2,400 dollars, and ten seconds into its auction. */
export const trader = (n: number, version = 1n, changes: Partial<MarginAccount> = {}): MarginAccount => ({
  ...{ engine: ENGINE, id: address(0x10 + n), owner: address(0x10 + n), version, mode: 'unified', cash: usd(-264_000) },
  ...{ positions: [{ instrument: 0, size: usd(100) }], credit: [{ collateral: 0, amount: 20n * 10n ** 18n }] },
  ...{ auctionStartedAt: BigInt(START / 1_000) - 10n, anchor: anchor(1n) },
  ...changes,
})

const batch = (publisher: Address, dollars: number, sequence: Instant): PriceBatch => ({
  ...{ engine: ENGINE, publisher, sequence, validUntil: instant(sequence + 5_000), signature: '0x' },
  entries: [{ feed: 0, price: price(BigInt(dollars) * 10n ** 8n), confidence: bps(5), shocks: 0n }],
})

/** Prices of all publishers, as of a moment, heard at another. */
export const prices = (dollars: number, sequence: Instant, heard: Instant = sequence): readonly Input[] =>
  PUBLISHERS.map((publisher) => ({ at: heard, kind: 'prices', batch: batch(publisher, dollars, sequence) }))

/** Terms, a head, cash and prices. */
export const opening = (dollars: number, cash: Wad): readonly Input[] => [
  { at: START, kind: 'terms', terms },
  { at: START, kind: 'head', head: { ...anchor(1n), parentHash: hash(0), timestamp: BigInt(START / 1_000) } },
  { at: START, kind: 'cash', engine: ENGINE, cash },
  ...prices(dollars, START),
]

export const seen = (account: MarginAccount, when: Instant = START, source: Source = 'own'): Input => ({
  ...{ at: when, kind: 'account', account, source },
})

/** Feeds inputs to a core; what it submits. */
export const submitted = (core: Core, inputs: readonly Input[]): readonly Intent[] =>
  play(core, inputs).flatMap((effect) => (effect.kind === 'submit' ? [effect.intent] : []))

export const play = (core: Core, inputs: readonly Input[]): readonly Effect[] =>
  inputs.flatMap((input) => step(core, input))

/** What the chain reports of a bid that was filled as it was quoted. */
export const won = ({ quote }: Intent): Outcome => {
  const fill: Fill = {
    ...{ tx: hash(0x77), anchor: anchor(2n), fraction: quote.fraction, pay: quote.pay, outlay: quote.outlay },
    ...{ collateralValue: quote.collateralValue, legs: quote.legs, cashChange: wad(-quote.outlay - usd(1)) },
    ...{ saleProceeds: wad(0n), tradeFees: usd(1), funding: usd(0), gasCost: 10n ** 15n },
  }
  return { kind: 'won', fill }
}

/** A race that was lost. */
export const lost: Outcome = { kind: 'lost', reason: 'LOST_RACE', gasCost: 10n ** 15n, anchor: anchor(2n) }
