// The agent's margin rule against the engine's, to the wei, on a real chain.
import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liquidationAuctionAbi } from '../../agent/adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../../agent/adapters/chain/abi/margin-engine.ts'
import { marginLensAbi } from '../../agent/adapters/chain/abi/margin-lens.ts'
import { priceBookAbi } from '../../agent/adapters/chain/abi/price-book.ts'
import type { EngineTerms, Margin, MarginAccount, Mode, PriceBatch, Prices } from '../../agent/domain/market.ts'
import { type Bps, bps, instant, millis, price, wad } from '../../agent/domain/units.ts'
import { liquidationPrice } from '../../agent/maths/liquidation-price.ts'
import {
  discount,
  insolventRewardDown,
  isBelowMaintenance,
  margin,
  maxFractionUp,
  payUp,
} from '../../agent/maths/margin.ts'
import { acceptable, quorumPrices } from '../../agent/maths/oracle.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import {
  account,
  address,
  auctionTerms,
  batch,
  engineTerms,
  instrument,
  ladder,
  packShocks,
  usd,
} from '../support/builders.ts'
import {
  BIDDER,
  type Call,
  deployMarginChain,
  type MarginChain,
  overridesFor,
  type QuotedEntry,
} from '../support/margin-chain.ts'

const PORTFOLIOS = 1_000
const signers = [1, 2, 3].map((n) => privateKeyToAccount(`0x${n.toString(16).padStart(64, '0')}`))
const terms: EngineTerms = engineTerms({
  instruments: [
    instrument({ fundingIndex: 3_700_000_000_000_000_001n }),
    instrument({
      id: 1,
      name: 'BTC-PERP',
      markFeed: 1,
      underlyingFeed: 1,
      contingency: bps(73),
      shocks: ladder(1_111),
      fundingIndex: -41_000_000_000_000_000_003n,
    }),
    instrument({ id: 2, name: 'ETH-PUT', kind: 'option', markFeed: 2, underlyingFeed: 0, shocks: 0n }),
    instrument({
      id: 3,
      name: 'BTC-CALL',
      kind: 'option',
      markFeed: 3,
      underlyingFeed: 1,
      contingency: bps(0),
      shocks: 0n,
    }),
    instrument({
      id: 4,
      name: 'FIXED',
      kind: 'option',
      markFeed: 2,
      underlyingFeed: 0,
      shocks: 0n,
      payoff: price(777n),
    }),
  ],
  auction: auctionTerms({ bondedSeconds: 0 }),
  priceMaxAge: millis(1e12),
})

let anvil: Anvil
let chain: MarginChain
beforeAll(async () => {
  anvil = await startAnvil({ chainId: terms.chain, args: ['--no-mining'] })
  chain = await deployMarginChain(
    anvil,
    terms,
    signers.map((signer) => signer.address),
  )
})
afterAll(() => anvil?.stop())

describe.each(['isolated', 'cross', 'unified'] as const)('%s accounts', (mode) => {
  test(`the mirror agrees with the engine to the wei over ${PORTFOLIOS} portfolios`, async () => {
    const random = seeded(mode.length)
    const cases = Array.from({ length: PORTFOLIOS }, () => portfolio(random, mode))
    const mirrored = cases.map(mirrorOf)
    expect(await onChain(cases, mirrored)).toEqual(mirrored)
    expect(mirrored.filter(({ largest }) => largest > 0).length).toBeGreaterThan(PORTFOLIOS / 3)
    expect(mirrored.filter(({ pay }) => pay !== undefined && pay < 0n).length).toBeGreaterThan(0)
  })

  test('one unit of cash decides at the boundary of maintenance', async () => {
    const random = seeded(100 + mode.length)
    const cases = Array.from({ length: 60 }, () => portfolio(random, mode)).flatMap((one) =>
      [-1n, 0n, 1n].map((unit) => atBoundary(one, unit)),
    )
    const mirrored = cases.map(mirrorOf)
    expect(await onChain(cases, mirrored)).toEqual(mirrored)
    expect(mirrored.map(({ found }) => isBelowMaintenance(found))).toEqual(cases.map((_, i) => i % 3 === 0))
  })
})

test("the price of liquidation is the engine's to the unit, and the boundary itself", async () => {
  const random = seeded(77)
  const cases = Array.from({ length: 200 }, () => portfolio(random, 'isolated'))
  const found = cases.map(({ held, entries }) =>
    liquidationPrice(held, held.positions[0]?.instrument ?? 0, terms, pricesFrom(entries)),
  )
  const calls = await Promise.all(
    cases.map(async ({ held, entries }) => ({
      to: chain.lens,
      data: encodeFunctionData({
        abi: marginLensAbi,
        functionName: 'liquidationPrice',
        args: [held.id, held.positions[0]?.instrument ?? 0],
      }),
      overrides: await overridesFor(chain, terms, held, entries),
    })),
  )
  const answers = await chain.read(calls)
  expect(answers.map((one) => BigInt(one ?? '-0x1'))).toEqual(found.map((one) => one ?? 0n))
  expect(found.filter((one) => one !== undefined).length).toBeGreaterThan(60)
  cases.forEach(({ held, entries }, i) => {
    const boundary = found[i]
    const feed = terms.instruments.find(({ id }) => id === held.positions[0]?.instrument)?.markFeed
    if (boundary === undefined) return
    const failsAt = (mark: bigint): boolean => {
      const moved = entries.map((one) => (one.feed === feed ? { ...one, price: price(mark), degraded: false } : one))
      const there = margin(held, terms, pricesFrom(moved))
      return there !== undefined && isBelowMaintenance(there)
    }
    expect(failsAt(boundary)).toBe(false)
    expect(failsAt(boundary + 1n) || failsAt(boundary - 1n)).toBe(true)
  })
})

test('the price book stores what the quorum rule says', async () => {
  const random = seeded(9)
  for (let round = 0; round < 12; round++) {
    const batches = (await signedBatches(random, round)).slice(round % 2)
    const now = instant(Number(chain.now) * 1_000)
    const pushed = acceptable(batches, terms.priceQuorum, { now, maxAge: terms.priceMaxAge })
    await chain.send(
      chain.book,
      encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [pushed.map(asBatch)] }),
    )
    expect(await stored()).toEqual(quorumPrices(pushed))
  }
})

type Portfolio = { readonly held: MarginAccount; readonly entries: readonly QuotedEntry[]; readonly cut: number }
type Mirrored = { readonly found: Margin; readonly largest: Bps; readonly pay: bigint | undefined }

const pricesFrom = (entries: readonly QuotedEntry[]): Prices =>
  new Map(entries.map((entry) => [entry.feed, { ...entry, sequence: instant(0) }]))

function mirrorOf({ held, entries, cut }: Portfolio): Mirrored {
  const found = margin(held, terms, pricesFrom(entries))
  if (found === undefined) throw new Error('a price is missing')
  const elapsed = chain.now - (held.auctionStartedAt ?? chain.now)
  const now = discount(terms.auction, elapsed)
  const below = isBelowMaintenance(found)
  const largest = below ? maxFractionUp(found, now, terms.auction) : bps(0)
  if (!below) return { found, largest, pay: undefined }
  if (found.mark <= 0n)
    return { found, largest, pay: -insolventRewardDown(found, elapsed, BigInt(terms.auction.insolventSeconds)) }
  return { found, largest, pay: payUp(sliceOf(largest, cut), found.mark, now) }
}

const sliceOf = (largest: Bps, cut: number): Bps => bps(Math.max(1, Math.ceil(largest * cut)))

/** The same three figures as the chain gives them; the bid is made for the slice that the mirror allows. */
async function onChain(cases: readonly Portfolio[], mirrored: readonly Mirrored[]): Promise<readonly Mirrored[]> {
  const calls = await Promise.all(cases.map((one, i) => callsFor(one, mirrored[i])))
  const answers = await chain.read(calls.flat())
  return cases.map((_, i) => {
    const [found, largest, pay] = answers.slice(3 * i, 3 * i + 3)
    return {
      found: decodeMargin(found),
      largest: bps(largest === undefined ? -1 : Number(BigInt(largest))),
      pay: pay === undefined ? undefined : BigInt.asIntN(256, BigInt(pay)),
    }
  })
}

async function callsFor({ held, entries, cut }: Portfolio, mirrored: Mirrored | undefined): Promise<readonly Call[]> {
  const overrides = await overridesFor(chain, terms, held, entries)
  const largest = mirrored?.largest ?? bps(0)
  const solvent = (mirrored?.found.mark ?? 0n) > 0n
  const bid = {
    account: held.id,
    fraction: solvent ? sliceOf(largest, cut) : largest,
    maxPay: 2n ** 200n,
    expectedVersion: held.version,
    beneficiary: BIDDER,
  }
  return [
    {
      to: chain.engine,
      data: encodeFunctionData({ abi: marginEngineAbi, functionName: 'margin', args: [held.id] }),
      overrides,
    },
    {
      to: chain.auction,
      data: encodeFunctionData({ abi: liquidationAuctionAbi, functionName: 'maxFraction', args: [held.id] }),
      overrides,
    },
    {
      to: chain.auction,
      from: BIDDER,
      data: encodeFunctionData({ abi: liquidationAuctionAbi, functionName: 'bid', args: [bid] }),
      overrides,
    },
  ]
}

function decodeMargin(data: Hex | undefined): Margin {
  const { equity, netValue, mark, maintenance, initial } = decodeFunctionResult({
    abi: marginEngineAbi,
    functionName: 'margin',
    data: data ?? '0x',
  })
  return {
    equity: wad(equity),
    netValue: wad(netValue),
    mark: wad(mark),
    maintenance: wad(maintenance),
    initial: wad(initial),
  }
}

/** Cash such that equity misses maintenance by exactly this many wei. */
function atBoundary({ held, ...rest }: Portfolio, unit: bigint): Portfolio {
  const found = margin(held, terms, pricesFrom(rest.entries))
  if (found === undefined) throw new Error('a price is missing')
  return { ...rest, held: { ...held, cash: wad(held.cash + found.maintenance - found.equity + unit) } }
}

/** One portfolio at its own prices; two in three below maintenance, some of them insolvent. */
function portfolio(random: () => number, mode: Mode): Portfolio {
  const between = (low: number, high: number): number => low + random() * (high - low)
  const digits = (): bigint => BigInt(Math.floor(random() * 1e15))
  const shocks = (): bigint => packShocks(Array.from({ length: 16 }, () => Math.round(between(-10_000, 10_000))))
  const entries = [0, 1, 2, 3].map((feed) => ({
    feed,
    price: price(BigInt(Math.ceil(10 ** between(8, 13)))),
    confidence: bps(Math.round(between(0, 100))),
    shocks: feed < 2 ? 0n : shocks(),
    degraded: random() < 0.2,
  }))
  const ids = [0, 1, 2, 3, 4].filter(() => random() < 0.6)
  const instruments = mode === 'isolated' ? [Math.floor(random() * 5)] : ids.length > 0 ? ids : [0]
  const positions = instruments.map((id) => ({
    instrument: id,
    size: wad(usd(between(-300, 300)) + digits()),
    entryFunding: id < 2 ? usd(between(-20, 20)) + digits() : 0n,
  }))
  const credit = terms.collaterals
    .filter(() => random() < 0.5)
    .map(({ id, decimals }) => ({
      collateral: id,
      amount: BigInt(Math.ceil(between(0, 1e6))) * 10n ** BigInt(decimals - 4) + (digits() % 9_999n),
    }))
  const began = random() < 0.2 ? 0 : Math.floor(between(0, 40))
  const held = account({
    mode,
    id: address(Math.ceil(random() * 1e9)),
    version: 5n,
    cash: wad(0n),
    positions,
    credit,
    auctionStartedAt: chain.now - BigInt(began),
  })
  const bare = margin(held, terms, pricesFrom(entries))
  if (bare === undefined) throw new Error('a price is missing')
  const cover = BigInt(Math.round(between(-1_500, 1_700)))
  return {
    held: { ...held, cash: wad((bare.maintenance * cover) / 1_000n - bare.equity + digits()) },
    entries,
    cut: random(),
  }
}

async function signedBatches(random: () => number, round: number): Promise<readonly PriceBatch[]> {
  const sequence = instant(Number(chain.now) * 1_000 - 1_100_000 + 1_000 * round)
  const unsigned = signers.map((signer) =>
    batch({
      publisher: signer.address,
      sequence: instant(sequence + Math.floor(random() * 500)),
      validUntil: instant(sequence + 9e9),
      entries: [0, 1, 2].map((feed) => ({
        feed,
        price: price(BigInt(1 + Math.floor(random() * 4)) * 10n ** 8n),
        confidence: bps(Math.floor(random() * 50)),
        shocks: BigInt(Math.floor(random() * 1e9)),
      })),
    }),
  )
  return Promise.all(unsigned.map(async (one, i) => ({ ...one, signature: await sign(i, one) })))
}

async function sign(index: number, { sequence, validUntil, entries }: PriceBatch): Promise<Hex> {
  const signer = signers[index]
  if (signer === undefined) throw new Error(`no signer ${index}`)
  return signer.signTypedData({
    domain: { name: 'Lienmesh PriceBook', version: '1', chainId: terms.chain, verifyingContract: chain.book },
    types: {
      Batch: [
        { name: 'sequence', type: 'uint48' },
        { name: 'validUntil', type: 'uint48' },
        { name: 'entries', type: 'Entry[]' },
      ],
      Entry: [
        { name: 'feed', type: 'uint16' },
        { name: 'price', type: 'uint64' },
        { name: 'confidence', type: 'uint16' },
        { name: 'shocks', type: 'uint256' },
      ],
    },
    primaryType: 'Batch',
    message: { sequence, validUntil, entries: [...entries] },
  })
}

const asBatch = ({ sequence, validUntil, entries, signature }: PriceBatch) => ({
  sequence,
  validUntil,
  entries: [...entries],
  signature,
})

async function stored(): Promise<Prices> {
  const feeds = [0, 1, 2]
  const ask = (functionName: 'peek' | 'shocks', feed: number): Call => ({
    to: chain.book,
    data: encodeFunctionData({ abi: priceBookAbi, functionName, args: [feed] }),
    overrides: {},
  })
  const answers = await chain.read(feeds.flatMap((feed) => [ask('peek', feed), ask('shocks', feed)]))
  return new Map(
    feeds.map((feed) => {
      const [peeked, shocks] = answers.slice(2 * feed, 2 * feed + 2)
      const read = decodeFunctionResult({ abi: priceBookAbi, functionName: 'peek', data: peeked ?? '0x' })
      return [
        feed,
        {
          feed,
          price: price(read.price),
          confidence: bps(read.confidence),
          shocks: BigInt(shocks ?? 0),
          sequence: instant(read.sequence),
        },
      ]
    }),
  )
}

/** Park and Miller's minimal generator: portfolios are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed * 7_919 + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
