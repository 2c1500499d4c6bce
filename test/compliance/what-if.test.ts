// What an act would make of an account, against the engine that does it: to the wei, refusals included.
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, keccak256 } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { marginEngineAbi } from '../../agent/adapters/chain/abi/margin-engine.ts'
import type { EngineTerms, Margin, MarginAccount, Prices } from '../../agent/domain/market.ts'
import { bps, instant, millis, price, wad } from '../../agent/domain/units.ts'
import { margin } from '../../agent/maths/margin.ts'
import { mulberry32 } from '../../agent/maths/seeded.ts'
import { ownerSlot } from '../../agent/maths/slots.ts'
import { type Act, type ActRefusal, afterAct } from '../../agent/maths/what-if.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { account, address, engineTerms, instrument, ladder, usd } from '../support/builders.ts'
import { deployMarginChain, type MarginChain, overridesFor, type QuotedEntry } from '../support/margin-chain.ts'

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
    }),
  ],
  priceMaxAge: millis(1e12),
})
const OWNER = address(0x0123)

let anvil: Anvil
let chain: MarginChain
beforeAll(async () => {
  anvil = await startAnvil({ chainId: terms.chain, args: ['--no-mining'] })
  chain = await deployMarginChain(anvil, terms, [])
})
afterAll(() => anvil?.stop())

type Case = { readonly held: MarginAccount; readonly entries: readonly QuotedEntry[]; readonly act: Act }

/** Portfolios of all modes around their margins, and trades and withdrawals of all sizes. */
function cases(count: number): readonly Case[] {
  const random = mulberry32(11)
  const between = (low: number, high: number): number => low + random() * (high - low)
  const digits = (): bigint => BigInt(Math.floor(random() * 1e15))
  return Array.from({ length: count }, (_, n) => {
    const entries = [0, 1].map((feed) => ({
      ...{ feed, price: price(BigInt(Math.ceil(10 ** between(10, 12)))), confidence: bps(Math.round(between(0, 100))) },
      ...{ shocks: 0n, degraded: random() < 0.15 },
    }))
    const mode = (['isolated', 'cross', 'unified'] as const)[n % 3] ?? 'unified'
    const positions = [0, 1]
      .filter((id) => (mode === 'isolated' ? id === 0 : random() < 0.7))
      .map((id) => ({
        instrument: id,
        size: wad(usd(between(-20, 20)) + digits()),
        entryFunding: usd(between(-5, 5)) + digits(),
      }))
    const credit = terms.collaterals.map(({ id, decimals }) => ({
      collateral: id,
      amount: BigInt(Math.ceil(between(1, 40))) * 10n ** BigInt(decimals) + (digits() % 9_999n),
    }))
    const bare = account({
      mode,
      id: address(1 + n),
      owner: OWNER,
      version: 5n,
      cash: wad(0n),
      positions,
      credit,
      auctionStartedAt: undefined,
    })
    const worth = margin(bare, terms, pricesFrom(entries))
    if (worth === undefined) throw new Error('a price is missing')
    const cash = wad((worth.initial * BigInt(Math.round(between(600, 3_000)))) / 1_000n - worth.equity + digits())
    return { held: { ...bare, cash }, entries, act: actFor(random, between) }
  })
}

function actFor(random: () => number, between: (low: number, high: number) => number): Act {
  if (random() < 0.3)
    return { kind: 'withdraw', collateral: Math.floor(between(0, 4)), amount: BigInt(Math.ceil(between(1, 5e8))) }
  const size = usd(between(-6, 6)) + BigInt(Math.floor(random() * 1e12))
  return { kind: 'trade', instrument: random() < 0.6 ? 0 : 1, size: size === 0n ? 1n : size }
}

const pricesFrom = (entries: readonly QuotedEntry[]): Prices =>
  new Map(entries.map((entry) => [entry.feed, { ...entry, sequence: instant(0) }]))

test('an act leaves the margin that the engine gives, or is refused where the engine refuses', async () => {
  const all = cases(240)
  const mirrored = all.map(({ held, entries, act }) => {
    const { margin: found, refused } = afterAct(held, act, terms, pricesFrom(entries))
    return refused === undefined ? found : 'refused'
  })
  const done: (Margin | 'refused')[] = []
  for (const one of all) done.push(await onChain(one))
  expect(done).toEqual(mirrored)
  const refusals = all.flatMap(
    ({ held, entries, act }) => afterAct(held, act, terms, pricesFrom(entries)).refused ?? [],
  )
  const wanted: readonly ActRefusal[] = ['initial-margin', 'isolated-holds-one', 'price-degraded']
  expect(wanted.filter((reason) => !refusals.includes(reason))).toEqual([])
  const allowed = (kind: Act['kind']): number =>
    all.filter(({ act }, i) => act.kind === kind && done[i] !== 'refused').length
  expect([allowed('trade') > 50, allowed('withdraw') > 15]).toEqual([true, true])
})

test('more collateral than there is, and what nobody listed, are refused by name', () => {
  const held = account({ credit: [{ collateral: 0, amount: 5n }] })
  const refused = (act: Act): ActRefusal | undefined => afterAct(held, act, terms, new Map()).refused
  expect(refused({ kind: 'withdraw', collateral: 0, amount: 6n })).toBe('credit-short')
  expect(refused({ kind: 'deposit', collateral: 99, amount: 6n })).toBe('collateral-unknown')
  expect(refused({ kind: 'trade', instrument: 99, size: 1n })).toBe('instrument-unknown')
  expect(refused({ kind: 'trade', instrument: 0, size: 1n })).toBe('price-missing')
})

/** The act and the question after it, in one simulated block. */
async function onChain({ held, entries, act }: Case): Promise<Margin | 'refused'> {
  const overrides = await overridesFor(chain, terms, held, entries)
  const engine = overrides[chain.engine]?.stateDiff ?? {}
  engine[ownerSlot(held.id, keccak256)] = `0x${OWNER.slice(2).padStart(64, '0')}`
  const data =
    act.kind === 'trade'
      ? encodeFunctionData({
          abi: marginEngineAbi,
          functionName: 'trade',
          args: [held.id, act.instrument, act.size, act.size > 0n ? 2n ** 64n - 1n : 0n],
        })
      : encodeFunctionData({
          abi: marginEngineAbi,
          functionName: 'withdrawCollateral',
          args: [held.id, act.collateral, act.amount, OWNER],
        })
  const question = encodeFunctionData({ abi: marginEngineAbi, functionName: 'margin', args: [held.id] })
  const call = (from: Address, input: Hex) => ({ from, to: chain.engine, input, gas: '0x2faf080' })
  const block = {
    blockOverrides: { time: `0x${chain.now.toString(16)}` },
    stateOverrides: overrides,
    calls: [call(OWNER, data), call(OWNER, question)],
  }
  const [{ calls }] = (await anvil.ask('eth_simulateV1', { blockStateCalls: [block] }, 'latest')) as [
    { calls: readonly { status: Hex; returnData: Hex }[] },
  ]
  const [first, second] = calls
  if (first?.status !== '0x1') return 'refused'
  const { equity, netValue, mark, maintenance, initial } = decodeFunctionResult({
    abi: marginEngineAbi,
    functionName: 'margin',
    data: second?.returnData ?? '0x',
  })
  return {
    equity: wad(equity),
    netValue: wad(netValue),
    mark: wad(mark),
    maintenance: wad(maintenance),
    initial: wad(initial),
  }
}
