// The strategies that trade and that price claims, on views of their own making.
import { describe, expect, test } from 'vitest'
import { bps, instant, wad } from '../../../agent/domain/units.ts'
import type { Claimed, Pool, Travelling, View } from '../../../agent/strategy.ts'
import { strategy as buyer } from '../../../strategies/claim-buyer.ts'
import { strategy as hedged } from '../../../strategies/hedged.ts'
import { strategy as inventory } from '../../../strategies/inventory.ts'
import { quoted, START, usd } from '../../support/builders.ts'
import { viewWith } from '../../support/views.ts'

const carried = (dollars: number, over: Partial<Travelling> = {}): Travelling => ({
  ...{ strategy: 'hedged', collateral: 0, vault: 'vault-slow', amount: 10n ** 18n, feed: 0, openedAt: START },
  ...{ value: usd(dollars), worth: usd(dollars), debt: usd(dollars), ...over },
})

/** A view with one perpetual on ETH at $2,000, so much of it held. */
const view = (held: number, over: Partial<View> = {}): View => ({
  ...viewWith(1),
  candidates: [],
  travelling: [carried(10_000)],
  instruments: [{ instrument: 0, feed: 0, mark: quoted(2_000), fee: bps(5), held: usd(held) }],
  ...over,
})
const sizes = (trades: readonly { readonly size: bigint }[] = []) => trades.map(({ size }) => Number(size) / 1e18)

describe('hedged', () => {
  const trade = (seen: View, params = {}) => sizes(hedged.trade?.(seen, hedged.params.parse(params)))

  test('is short of what is on its way, or of the part that it is told', () => {
    expect(trade(view(0))).toEqual([-5])
    expect(trade(view(0), { ratio: 5_000 })).toEqual([-2.5])
  })

  test('pays no fee for a difference within its band', () => {
    expect(trade(view(-4.9))).toEqual([])
    expect(trade(view(-4))).toEqual([-1])
  })

  test('buys everything back when nothing is on its way', () => {
    expect(trade(view(-5, { travelling: [] }))).toEqual([5])
    expect(trade(view(0, { travelling: [] }))).toEqual([])
  })

  test('leaves alone what no perpetual follows', () => {
    expect(trade(view(0, { travelling: [carried(10_000, { feed: 1 })] }))).toEqual([])
  })

  test('asks less of a bid than who carries the whole gap, and the fee twice', () => {
    const seen = viewWith(3)
    const [first] = hedged.decide(seen, hedged.params.parse({ minNet: usd(0) }))
    expect(['take', 'postpone']).toContain(first?.kind)
    expect(hedged.decide(seen, hedged.params.parse({ minNet: usd(1e9) })).map(({ kind }) => kind)).toEqual(
      seen.candidates.map(() => 'postpone'),
    )
  })
})

describe('inventory', () => {
  const pool = (dollars: number, over: Partial<Pool> = {}): Pool => ({
    ...{ vault: 'vault-slow', feed: 0, price: quoted(dollars), official: quoted(2_000), observedAt: START },
    ...over,
  })
  const trade = (seen: View) => sizes(inventory.trade?.({ ...seen, now: START }, inventory.params.parse({})))

  test('sells on the engine while pools pay less than the mark, and only with claims on the other side', () => {
    expect(trade(view(0, { pools: [pool(1_990)] }))).toEqual([-5])
    expect(trade(view(0, { pools: [pool(1_990)], travelling: [] }))).toEqual([])
    expect(trade(view(0, { pools: [pool(1_996)] }))).toEqual([])
    expect(trade(view(0, { pools: [pool(2_010)] }))).toEqual([])
  })

  test('buys back as prices meet, or when its claims are sold', () => {
    expect(trade(view(-5, { pools: [pool(1_999)] }))).toEqual([5])
    expect(trade(view(-5, { pools: [pool(1_990)] }))).toEqual([])
    expect(trade(view(-5, { pools: [pool(1_990)], travelling: [] }))).toEqual([5])
  })

  test('believes no word of a pool that is older than a minute', () => {
    const old = pool(1_990, { observedAt: instant(START - 61_000) })
    expect(trade(view(0, { pools: [old] }))).toEqual([])
  })

  test('takes what pools make worth taking, and leaves what they do not', () => {
    const seen = viewWith(1)
    const [best] = seen.candidates[0]?.quotes ?? []
    if (best === undefined) throw new Error('expected a quote')
    const kinds = (dollars: number, minNet: bigint) => {
      const pools = [pool(dollars, { vault: best.legs[0]?.vault ?? '', observedAt: seen.now })]
      return inventory.decide({ ...seen, pools }, inventory.params.parse({ minNet })).map(({ kind }) => kind)
    }
    const least = wad(best.net < 0n ? 0n : best.net)
    expect([kinds(2_200, least), kinds(1_500, least)]).toEqual([['take'], ['postpone']])
  })
})

describe('claim-buyer', () => {
  const claimed = (dollars: number, over: Partial<Claimed> = {}): Claimed => ({
    legs: [{ feed: 0, vault: 'vault-slow', value: usd(dollars), hedge: undefined }],
    ...{ value: usd(dollars), premium: bps(100), free: usd(100_000), whole: usd(100_000), ...over },
  })
  const ask = (one: Claimed, params = {}) => buyer.price?.(one, buyer.params.parse(params))

  test('pays the value less the gap, its margin, and a fee for what is lent out', () => {
    expect(ask(claimed(10_000))).toEqual({ kind: 'buy', rate: 9_842, reason: 'gap 100 bps, way back 5 bps, use 3 bps' })
  })

  test('asks for more the more is lent out, and steeply above the kink', () => {
    const rates = [100_000, 60_000, 30_000, 22_000].map((left) => {
      const found = ask(claimed(5_000, { free: usd(left) }))
      return found?.kind === 'buy' ? found.rate : 0
    })
    expect(rates).toEqual([...rates].sort((a, b) => b - a))
    const [empty = 0, half = 0, most = 0, nearly = 0] = rates
    expect([empty - half, most - nearly].map((fall) => fall > 0)).toEqual([true, true])
    expect(most - nearly).toBeGreaterThan(empty - half)
  })

  test.each([
    ['what its reserves do not hold', claimed(20_000, { free: usd(15_000) }), 'reserves exhausted'],
    [
      'what would leave less than it keeps',
      claimed(20_000, { free: usd(25_000) }),
      'reserves exhausted: the rest is kept',
    ],
    ['what is too large for it', claimed(30_000), 'too large for us'],
    ['what its gap eats up', claimed(1_000, { premium: bps(9_990) }), 'its gap costs more than it is worth'],
  ])('declines %s', (_, one, reason) => {
    expect(ask(one)).toEqual({ kind: 'decline', reason })
  })

  test('is asked for nothing that it could bid on', () => {
    expect(buyer.decide(viewWith(2), buyer.params.parse({}))).toEqual([])
  })
})
