import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarginAccount, Prices } from '../../../agent/domain/market.ts'
import { bps, instant, wad } from '../../../agent/domain/units.ts'
import {
  discount,
  insolventRewardDown,
  isBelowMaintenance,
  margin,
  maxFractionUp,
  outlay,
  payUp,
  scanLoss,
  share,
  shareDown,
} from '../../../agent/maths/margin.ts'
import { account, auctionTerms, engineTerms, entry, ladder, packShocks, usd } from '../../support/builders.ts'

const terms = engineTerms()
const at = (ether: number): Prices =>
  new Map(
    [entry(0, ether), entry(1, 60_000), entry(2, 60, { shocks: ladder(300) })].map((one) => [
      one.feed,
      { ...one, sequence: instant(0) },
    ]),
  )

function marginOf(held: MarginAccount, ether: number) {
  const found = margin(held, terms, at(ether))
  if (found === undefined) throw new Error('expected prices')
  return found
}

describe('the margin of an account', () => {
  test('is its cash, its positions and what its collateral counts for', () => {
    expect(marginOf(account(), 2_500)).toEqual({
      netValue: usd(-14_000),
      mark: usd(36_000),
      equity: usd(33_000),
      maintenance: usd(25_000),
      initial: usd(32_500),
    })
  })

  test('counts no collateral in cross mode', () => {
    expect(marginOf(account({ mode: 'cross' }), 2_500)).toMatchObject({ equity: usd(-14_000), mark: usd(-14_000) })
  })

  test('takes the risk array of an option from its mark feed, on the notional of the underlying', () => {
    const held = account({ cash: usd(0), positions: [{ instrument: 2, size: usd(10) }], credit: [] })
    expect(marginOf(held, 2_500)).toMatchObject({ netValue: usd(600), maintenance: usd(10 * 2_500 * 0.04) })
  })

  test('is unknown while a price is missing', () => {
    expect(margin(account(), terms, new Map())).toBeUndefined()
    expect(margin(account({ credit: [{ collateral: 9, amount: 1n }] }), terms, at(2_500))).toBeUndefined()
  })

  test('falls below maintenance by a single wei', () => {
    const { equity, maintenance } = marginOf(account(), 2_500)
    const short = (wei: bigint) =>
      isBelowMaintenance(marginOf(account({ cash: wad(usd(-264_000) - (equity - maintenance) - wei) }), 2_500))
    expect([short(-1n), short(0n), short(1n)]).toEqual([false, false, true])
  })

  test('divides the scan once, after the worst scenario is found', () => {
    const shocks = packShocks([-1, ...Array<number>(15).fill(0)])
    expect(
      scanLoss([
        { notional: 9_999n, shocks },
        { notional: 1n, shocks },
      ]),
    ).toBe(1n)
    expect(scanLoss([{ notional: 9_999n, shocks }])).toBe(0n)
  })

  test('is scanned alike whether its positions share a risk array or not', () => {
    const positions = fc.record({ notional: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), array: fc.nat(1) })
    const arrays = [ladder(900), ladder(-350)]
    fc.assert(
      fc.property(fc.array(positions, { maxLength: 5 }), (held) => {
        const scan = held.map(({ notional, array }) => ({ notional, shocks: arrays[array] ?? 0n }))
        const nothing = { notional: 0n, shocks: 1n }
        expect(scanLoss(scan)).toBe(scanLoss([...scan, nothing]))
      }),
    )
  })
})

describe('a bid', () => {
  const solvent = fc.record({
    mark: fc.bigInt({ min: 1n, max: 10n ** 26n }),
    cut: fc.integer({ min: 1, max: 10_000 }),
    off: fc.integer({ min: 0, max: 9_999 }),
  })

  test('never pays less than its share of the mark', () => {
    fc.assert(
      fc.property(solvent, ({ mark, cut, off }) => {
        expect(payUp(bps(cut), mark, bps(off)) * 100_000_000n >= BigInt(cut) * mark * BigInt(10_000 - off)).toBe(true)
      }),
    )
  })

  test('never gets more than its share of the collateral', () => {
    fc.assert(
      fc.property(solvent, ({ mark, cut }) => {
        expect(shareDown(mark, bps(cut)) * 10_000n <= mark * BigInt(cut)).toBe(true)
      }),
    )
  })

  test('of the largest fraction restores the target, and of one bps less does not', () => {
    const auction = auctionTerms()
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 0, max: 1_500 }), (missing, off) => {
        const found = { ...marginOf(account(), 2_400), equity: wad(usd(24_000) - usd(missing)) }
        const largest = maxFractionUp(found, bps(off), auction)
        const left = (f: bigint) => found.equity * (10_000n - f) + (found.mark * (10_000n - BigInt(off)) * f) / 10_000n
        const target = (f: bigint) => ((found.maintenance * BigInt(auction.target)) / 10_000n) * (10_000n - f)
        expect(largest).toBeGreaterThan(0)
        if (largest === 10_000) return
        const f = BigInt(largest)
        const fixed = (x: bigint) => left(x) >= target(x) - 10_000n
        expect(fixed(f) || !fixed(f - 1n)).toBe(true)
      }),
    )
  })

  test('takes everything of an account that is dust or insolvent, and nothing of a healthy one', () => {
    const found = marginOf(account(), 2_400)
    const auction = auctionTerms()
    expect(maxFractionUp({ ...found, mark: usd(50) }, bps(0), auction)).toBe(10_000)
    expect(maxFractionUp({ ...found, mark: usd(-1) }, bps(0), auction)).toBe(10_000)
    expect(maxFractionUp({ ...found, equity: usd(99_000) }, bps(0), auction)).toBe(0)
  })

  test('inherits the slice of netValue with its sign', () => {
    expect(outlay(usd(100), usd(-1_000), bps(1_000))).toBe(usd(200))
    expect(share(-7n, bps(5_000))).toBe(-3n)
  })

  test('of an insolvent account is paid more with time, up to maintenance', () => {
    const found = { ...marginOf(account(), 2_400), mark: usd(-500), maintenance: usd(1_000) }
    expect([0n, 5n, 10n, 99n].map((t) => insolventRewardDown(found, t, 10n))).toEqual([
      usd(500),
      usd(1_000),
      usd(1_500),
      usd(1_500),
    ])
  })
})

test('the discount rises with time to its limit', () => {
  expect([0n, 3n, 29n, 10_000n].map((elapsed) => discount(auctionTerms(), elapsed))).toEqual([50, 200, 1_500, 1_500])
})
