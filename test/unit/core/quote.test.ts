import { describe, expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import type { Setup } from '../../../agent/core/setup.ts'
import type { Quote } from '../../../agent/domain/liquidation.ts'
import type { MarginAccount } from '../../../agent/domain/market.ts'
import { bps } from '../../../agent/domain/units.ts'
import { maxFractionUp } from '../../../agent/maths/margin.ts'
import type { Offered } from '../../../agent/strategy.ts'
import {
  engineTerms,
  latency,
  opening,
  PROVIDER,
  play,
  provider,
  ripe,
  START,
  seatOf,
  secondsIn,
  setup,
  usd,
  vaultSetup,
} from '../../support/builders.ts'

/** What a strategy is shown at $2,400. */
function offered(held: MarginAccount, over: Partial<Setup> = {}, before: readonly Input[] = []): Offered | undefined {
  let seen: Offered | undefined
  const watcher = seatOf(({ candidates }) => {
    seen = candidates[0]
    return []
  })
  play(createCore(setup({ seats: [watcher], ...over })), [...before, ...opening(2_400, held)])
  return seen
}
const best = (...of: Parameters<typeof offered>): Quote => {
  const quote = offered(...of)?.quotes[0]
  if (quote === undefined) throw new Error('expected a quote')
  return quote
}
const rates = (rate: number): readonly Input[] => [
  { at: START, kind: 'provider', provider: provider({ rates: [{ collateral: 0, rate: bps(rate) }] }), from: PROVIDER },
]

describe('a quote', () => {
  test('is worth the bonus less cost, fee and premium, in every figure', () => {
    for (const quote of offered(ripe(), {}, rates(9_900))?.quotes ?? []) {
      expect(quote.bonus).toBe(quote.collateralValue - quote.outlay)
      expect(quote.net).toBe(quote.bonus - quote.cost - quote.raceCost - quote.providerFee - quote.gap.premium)
      expect(quote.collateralValue).toBe(quote.legs.reduce((sum, leg) => sum + leg.value, 0n))
    }
  })

  test('comes on every open route, best net first', () => {
    const quotes = offered(ripe(), {}, rates(9_900))?.quotes ?? []
    expect(quotes.map(({ net }) => net)).toEqual(quotes.map(({ net }) => net).sort((a, b) => (a < b ? 1 : -1)))
    expect(quotes.map(({ route }) => route.settlement).sort()).toEqual(['liquidity-service', 'state-proof'])
  })

  test('comes in a smaller size too where more of the slice earns less', () => {
    const { risk } = setup()
    const sizes = (over: Partial<Setup['risk']>) => offered(ripe(), { risk: { ...risk, ...over } })?.quotes ?? []
    expect(sizes({})).toHaveLength(1)
    const [small, large] = sizes({ maxShortfall: usd(200) })
    expect([small?.fraction, large?.fraction].map(Number)).toEqual([expect.any(Number), sizes({})[0]?.fraction])
    expect((small?.fraction ?? 0) < (large?.fraction ?? 0)).toBe(true)
    expect((small?.net ?? 0n) > (large?.net ?? 0n)).toBe(true)
  })

  test('is as large as it is worth waiting for: a ticket that would travel slower is cut', () => {
    const steps = [{ above: usd(5_000), times: 40 }]
    const cut = best(ripe(), {
      vaults: [vaultSetup({ latency: latency({ steps }) })],
      risk: { ...setup().risk, bidPrice: 1 },
    })
    expect(cut.outlay <= usd(5_000)).toBe(true)
    expect(cut.outlay > usd(4_900)).toBe(true)
  })

  test('asks a larger premium on the slow vault than on the fast one', () => {
    const slow = ripe({ credit: [{ collateral: 2, amount: 20n * 10n ** 18n }] })
    const [fast, late] = [best(ripe()), best(slow)]
    expect(late.gap.premium * BigInt(fast.fraction) > fast.gap.premium * BigInt(late.fraction)).toBe(true)
    expect([fast.legs[0]?.vault, late.legs[0]?.vault]).toEqual(['vault-fast', 'vault-slow'])
  })

  test('has a leg for every vault and asset that the slice touches', () => {
    const credit = [0, 2]
      .map((collateral) => ({ collateral, amount: 10n ** 19n }))
      .concat({ collateral: 3, amount: 5_000n })
    const { legs, fraction } = best(ripe({ credit }))
    expect(legs.map(({ collateral, vault }) => [collateral, vault])).toEqual([
      [0, 'vault-fast'],
      [2, 'vault-slow'],
      [3, 'vault-slow'],
    ])
    expect(legs[2]?.amount).toBe((5_000n * BigInt(fraction)) / 10_000n)
  })

  test('of a provider has its fee and no gap, and is limited by its reserves', () => {
    const small: readonly Input[] = rates(9_990).map((input) =>
      input.kind === 'provider' ? { ...input, provider: { ...input.provider, reserves: usd(5_000) } } : input,
    )
    const rich = best(ripe(), {}, rates(9_990))
    const poor = offered(ripe(), {}, small)?.quotes.find(({ route }) => route.provider !== undefined)
    expect(rich.route.provider).toBe(PROVIDER)
    expect(rich.providerFee).toBe(rich.collateralValue / 1_000n)
    expect((poor?.collateralValue ?? 0n) <= usd(5_006)).toBe(true)
  })

  test('is not made on a provider that was silent for twenty seconds, or does not buy this collateral', () => {
    const routes = (inputs: readonly Input[]) =>
      new Set(offered(ripe(), {}, inputs)?.quotes.map(({ route }) => route.settlement))
    expect(routes(rates(9_990).map((input) => ({ ...input, at: secondsIn(-21) })))).toEqual(new Set(['state-proof']))
    const others: Input = {
      at: START,
      kind: 'provider',
      provider: provider({ rates: [{ collateral: 3, rate: bps(9_990) }] }),
      from: PROVIDER,
    }
    expect(routes([others])).toEqual(new Set(['state-proof']))
  })

  test('of an insolvent account pays less than nothing and takes everything', () => {
    const quote = best(ripe({ cash: usd(-290_000) }), {}, rates(9_990))
    expect(quote).toMatchObject({ fraction: 10_000 })
    expect(quote.pay < 0n).toBe(true)
    expect(quote.bonus).toBe(quote.candidate.margin.maintenance)
  })
})

test('a bid leaves some of the largest slice, because prices that recover before it lands would void it', () => {
  const quote = best(ripe())
  const largest = maxFractionUp(quote.candidate.margin, quote.discount, engineTerms().auction)
  expect(quote.fraction).toBeLessThan(largest)
  expect(quote.fraction).toBeGreaterThan(0.9 * largest)
})
