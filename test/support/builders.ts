// Healthy defaults of everything the core speaks about; a test changes one thing.
import type { Address, Hex } from 'viem'
import { type Core, createCore, type Effect, type Input, step } from '../../agent/core/core.ts'
import { drawTable } from '../../agent/core/risk/draw.ts'
import { type Decide, type Seat, type Setup, type VaultSetup, WHOLE_BUDGET } from '../../agent/core/setup.ts'
import type { Fill, Intent, LatencyLaw, Outcome, Sale } from '../../agent/domain/liquidation.ts'
import type {
  Anchor,
  AuctionTerms,
  Collateral,
  EngineTerms,
  Head,
  Instrument,
  MarginAccount,
  PriceBatch,
  PriceEntry,
} from '../../agent/domain/market.ts'
import type { ProviderStatus } from '../../agent/domain/message.ts'
import { bps, chainId, type Instant, instant, millis, price, type Wad, wad } from '../../agent/domain/units.ts'
import { PRICE_TERMS } from '../../agent/maths/learning/price-terms.ts'
import type { Answer } from '../../agent/strategy.ts'

export const ENGINE = chainId(31_338)
export const VAULT_CHAIN = chainId(31_337)
/** Where every test starts: a whole second. */
export const START = instant(1_700_000_000_000)
export const SECOND = 1_000
export const MINUTE = 60_000

/** Dollars, or units of a position, with 18 decimals. */
export const usd = (amount: number): Wad => wad(BigInt(Math.round(amount * 1e6)) * 10n ** 12n)
/** Dollars per unit with 8 decimals. */
export const quoted = (dollars: number) => price(BigInt(Math.round(dollars * 1e8)))
/** A readable address: `address(7)` ends in 07. */
export const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
/** `after(3)`: three seconds after the start. */
export const secondsIn = (seconds: number): Instant => instant(START + seconds * SECOND)

export const ME = address(0xa9)
export const PUBLISHERS = [address(0xf1), address(0xf2), address(0xf3)] as const
export const PROVIDER = address(0xbb)
export const WETH = address(0xe1)
export const WBTC = address(0xb1)

/** Sixteen int16 in one word, lowest bits first. */
export const packShocks = (shocks: readonly number[]): bigint =>
  shocks.reduce((word, shock, i) => word | (BigInt.asUintN(16, BigInt(shock)) << BigInt(16 * i)), 0n)

/** A symmetric ladder up to `largest` bps. */
export const ladder = (largest: number): bigint =>
  packShocks(Array.from({ length: 16 }, (_, i) => Math.round((largest * (i < 8 ? i + 1 : -(i - 7))) / 8)))

export const instrument = (over: Partial<Instrument> = {}): Instrument => ({
  id: 0,
  name: 'ETH-PERP',
  kind: 'perpetual',
  markFeed: 0,
  underlyingFeed: 0,
  contingency: bps(100),
  shocks: ladder(900),
  ...over,
})

export const collateral = (over: Partial<Collateral> = {}): Collateral => ({
  id: 0,
  vault: 'vault-fast',
  symbol: 'WETH',
  asset: WETH,
  feed: 0,
  decimals: 18,
  haircut: bps(500),
  gap: bps(100),
  ...over,
})

export const auctionTerms = (over: Partial<AuctionTerms> = {}): AuctionTerms => ({
  startDiscount: bps(50),
  discountPerSecond: bps(50),
  maxDiscount: bps(1_500),
  target: bps(12_500),
  bondedSeconds: 2,
  insolventSeconds: 10,
  dust: usd(50),
  ...over,
})

/** Two perpetuals, a put, and WETH and WBTC in both vaults. */
export const engineTerms = (over: Partial<EngineTerms> = {}): EngineTerms => ({
  chain: ENGINE,
  instruments: [
    instrument(),
    instrument({ id: 1, name: 'BTC-PERP', markFeed: 1, underlyingFeed: 1 }),
    instrument({ id: 2, name: 'ETH-2400-P', kind: 'option', markFeed: 2, underlyingFeed: 0, shocks: 0n }),
  ],
  collaterals: [
    collateral(),
    collateral({ id: 1, symbol: 'WBTC', asset: WBTC, feed: 1, decimals: 8, haircut: bps(400) }),
    collateral({ id: 2, vault: 'vault-slow', gap: bps(200) }),
    collateral({
      id: 3,
      vault: 'vault-slow',
      symbol: 'WBTC',
      asset: WBTC,
      feed: 1,
      decimals: 8,
      haircut: bps(400),
      gap: bps(200),
    }),
  ],
  initialFactor: bps(13_000),
  tradeFee: bps(5),
  auction: auctionTerms(),
  priceQuorum: 2,
  priceMaxAge: millis(5_000),
  ...over,
})

export const anchor = (number: bigint, over: Partial<Anchor> = {}): Anchor => ({
  chain: ENGINE,
  number,
  hash: hash(Number(number)),
  ...over,
})

export const head = (number: bigint, over: Partial<Head> = {}): Head => ({
  ...anchor(number),
  parentHash: hash(Number(number) - 1),
  timestamp: BigInt(START / SECOND) + number,
  ...over,
})

/** Long 100 ETH on 20 WETH of credit in the fast vault: healthy at $2,500, below maintenance at $2,400. */
export const account = (over: Partial<MarginAccount> = {}): MarginAccount => ({
  engine: ENGINE,
  id: address(0x11),
  owner: address(0x11),
  version: 1n,
  mode: 'unified',
  cash: usd(-264_000),
  positions: [{ instrument: 0, size: usd(100) }],
  credit: [{ collateral: 0, amount: 20n * 10n ** 18n }],
  auctionStartedAt: undefined,
  anchor: anchor(1n),
  ...over,
})

export const entry = (feed: number, dollars: number, over: Partial<PriceEntry> = {}): PriceEntry => ({
  feed,
  price: quoted(dollars),
  confidence: bps(5),
  shocks: 0n,
  ...over,
})

export const batch = (over: Partial<PriceBatch> = {}): PriceBatch => {
  const sequence = over.sequence ?? START
  return {
    engine: ENGINE,
    publisher: PUBLISHERS[0],
    sequence,
    validUntil: instant(sequence + 5_000),
    entries: [entry(0, 2_500), entry(1, 60_000), entry(2, 60, { shocks: ladder(300) })],
    signature: '0x',
    ...over,
  }
}

/** One batch per publisher at one price of ETH. */
export const batchesAt = (ether: number, sequence: Instant = START): readonly PriceBatch[] =>
  PUBLISHERS.map((publisher) =>
    batch({
      publisher,
      sequence,
      entries: [entry(0, ether), entry(1, ether * 24), entry(2, 60, { shocks: ladder(300) })],
    }),
  )

export const latency = (over: Partial<LatencyLaw> = {}): LatencyLaw => ({
  median: millis(8 * MINUTE),
  spread: 0.25,
  stuckOdds: 0.01,
  stuckMedian: millis(30 * MINUTE),
  ...over,
})

export const vaultSetup = (over: Partial<VaultSetup> = {}): VaultSetup => ({
  id: 'vault-fast',
  engine: ENGINE,
  chain: VAULT_CHAIN,
  latency: latency(),
  markets: new Map([
    [0, { fee: bps(30), depth: usd(60_000_000) }],
    [1, { fee: bps(30), depth: usd(60_000_000) }],
  ]),
  ...over,
})

export const slowVault = (): VaultSetup =>
  vaultSetup({
    id: 'vault-slow',
    latency: latency({ median: millis(20 * MINUTE), spread: 0.3, stuckOdds: 0.2 }),
    markets: new Map([
      [2, { fee: bps(30), depth: usd(60_000_000) }],
      [3, { fee: bps(30), depth: usd(60_000_000) }],
    ]),
  })

/** A bound that no pool is beyond. */
export const FAR = { bound: 1_000, act: 'halt' } as const

/** A bonded live agent with no strategies and plenty of room. */
export const setup = (over: Partial<Setup> = {}): Setup => ({
  self: [ME],
  mode: 'live',
  bonded: true,
  guarded: false,
  seed: 7,
  timeScale: 60,
  publishers: [...PUBLISHERS],
  attestors: [address(0xa1), address(0xa2), address(0xa3)],
  seats: [],
  vaults: [vaultSetup(), slowVault()],
  pace: millis(0),
  capital: { reserve: usd(0), maxBid: usd(1_000_000), maxBids: 1_000 },
  risk: {
    maxInFlight: usd(1_000_000),
    minNet: usd(0),
    maxShortfall: usd(1_000_000),
    caps: { settlement: usd(1e9), route: usd(1e9), group: usd(1e9) },
    shares: { settlement: 100, asset: 1, route: 1, chain: 1, extreme: 10, stress: 100 },
    bidPrice: 1,
    prices: { ...PRICE_TERMS, volatility: 0.9 },
    scenarios: { rows: 1_024, historical: 0.25, refresh: millis(15 * MINUTE) },
    payTolerance: bps(50),
  },
  protections: { drawdown: 1, gapLosses: 1_000, failedGas: usd(1_000_000), divergence: 1_000, market: FAR },
  gas: { bid: usd(0.5), claim: usd(0.5), nativeFeed: 0, runway: 0 },
  ...over,
})

export const provider = (over: Partial<ProviderStatus> = {}): ProviderStatus => ({
  account: PROVIDER,
  engine: ENGINE,
  reserves: usd(500_000),
  rates: [0, 1, 2, 3].map((collateral) => ({ collateral, rate: bps(9_900) })),
  ...over,
})

/** The inputs after which an agent knows terms, head, cash, three prices and one account. */
/** What the pool of a vault pays for ether as of a block. */
export const pools = (at: Instant, number: bigint, ether: number, vault = 'vault-fast'): Input => ({
  ...{ at, kind: 'pools', vault, number },
  prices: [{ collateral: vault === 'vault-fast' ? 0 : 2, price: quoted(ether) }],
})

export const opening = (ether: number, held: MarginAccount = account(), cash: Wad = usd(400_000)): readonly Input[] => [
  { at: START, kind: 'terms', terms: engineTerms() },
  { at: START, kind: 'head', head: head(1n) },
  { at: START, kind: 'cash', engine: ENGINE, cash },
  ...batchesAt(ether).map((one): Input => ({ at: START, kind: 'prices', batch: one })),
  { at: START, kind: 'account', account: held, source: 'own' },
]

/** What the chain would report if an intent were filled exactly as quoted. */
export const fill = ({ quote }: Intent, over: Partial<Fill> = {}): Fill => {
  const sold = quote.route.settlement === 'liquidity-service'
  const saleProceeds = wad(sold ? quote.collateralValue - quote.providerFee : 0n)
  const tradeFees = usd(1)
  return {
    tx: hash(0x77),
    anchor: anchor(2n),
    fraction: quote.fraction,
    pay: quote.pay,
    outlay: quote.outlay,
    collateralValue: quote.collateralValue,
    legs: quote.legs,
    cashChange: wad(saleProceeds - quote.outlay - tradeFees),
    saleProceeds,
    tradeFees,
    funding: usd(0),
    gasCost: 10n ** 15n,
    ...over,
  }
}

export const won = (intent: Intent, over: Partial<Fill> = {}): Outcome => ({ kind: 'won', fill: fill(intent, over) })
export const lost = (over: Partial<Extract<Outcome, { kind: 'lost' }>> = {}): Outcome => ({
  kind: 'lost',
  reason: 'VersionChanged',
  gasCost: 10n ** 15n,
  anchor: anchor(2n),
  ...over,
})

export const sale = (proceeds: Wad, value: Wad, over: Partial<Sale> = {}): Sale => ({
  tx: hash(0x99),
  anchor: anchor(9n, { chain: VAULT_CHAIN }),
  proceeds,
  value,
  gasCost: 10n ** 15n,
  soldAt: secondsIn(20),
  ...over,
})

/** The same account below maintenance at $2,400 and eleven seconds into its auction: worth taking. */
export const ripe = (over: Partial<MarginAccount> = {}): MarginAccount =>
  account({ auctionStartedAt: BigInt(START / SECOND) - 10n, ...over })

/** A seat that answers as the test says. */
export const seatOf = (decide: Decide, over: Partial<Seat> = {}): Seat => ({
  name: 'test',
  budget: WHOLE_BUDGET,
  decide,
  observe: () => {},
  tune: () => {},
  ...over,
})

/** Takes the best quote of everything. */
export const takeAll: Decide = ({ candidates }) =>
  candidates.flatMap(({ quotes }) =>
    quotes.slice(0, 1).map((quote): Answer => ({ kind: 'take', quote, reason: 'test' })),
  )

/** Feeds inputs to a core and gathers what it wants done. */
export const play = (core: Core, inputs: readonly Input[]): readonly Effect[] =>
  inputs.flatMap((input) => step(core, input))

/** The same, with scenarios drawn as soon as they are asked for. */
export const playDrawn = (core: Core, inputs: readonly Input[]): readonly Effect[] =>
  inputs.flatMap((input) => {
    const effects = step(core, input)
    const tables = only(effects, 'draw-scenarios').map(({ spec }) => drawTable(spec))
    return [
      ...effects,
      ...playDrawn(
        core,
        tables.map((table): Input => ({ at: input.at, kind: 'scenarios', table })),
      ),
    ]
  })

/** Effects of one kind. */
export const only = <K extends Effect['kind']>(
  effects: readonly Effect[],
  kind: K,
): readonly Extract<Effect, { kind: K }>[] =>
  effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)

/** A core that has taken one ripe account, with the intent it submitted. */
export function submitted(over: Partial<Setup> = {}): { readonly core: Core; readonly intent: Intent } {
  const core = createCore(setup({ seats: [seatOf(takeAll)], ...over }))
  const [first] = only(play(core, opening(2_400, ripe())), 'submit')
  if (first === undefined) throw new Error('expected a submission')
  return { core, intent: first.intent }
}
