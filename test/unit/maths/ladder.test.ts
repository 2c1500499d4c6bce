import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarginAccount, OraclePrice, Prices } from '../../../agent/domain/market.ts'
import { bps, type FeedId, instant } from '../../../agent/domain/units.ts'
import { climb, openLadder, rest, standingOf, touch } from '../../../agent/maths/ladder.ts'
import { isBelowMaintenance, margin } from '../../../agent/maths/margin.ts'
import { account, address, engineTerms, quoted, ladder as shocks, usd } from '../../support/builders.ts'

const terms = engineTerms()
const pricesAt = (ether: number, bitcoin: number, put = 60, over: Partial<OraclePrice> = {}): Prices =>
  new Map(
    [ether, bitcoin, put].map((dollars, feed: FeedId) => [
      feed,
      { feed, price: quoted(dollars), confidence: bps(5), shocks: shocks(300), sequence: instant(1), ...over },
    ]),
  )

/** What a book that climbs the ladder finds below maintenance, and what looking at everything finds. */
function bothWays(accounts: readonly MarginAccount[], path: readonly Prices[]) {
  const ladder = openLadder()
  const byId = new Map(accounts.map((one) => [one.id as string, one]))
  for (const { id } of accounts) touch(ladder, id)
  let looks = 0
  const climbed = path.map((prices) => {
    const keys = climb(ladder, terms, prices)
    looks += keys.length
    return keys.filter((key) => {
      const one = byId.get(key)
      const found = one && standingOf(one, terms, prices)
      if (found?.margin === undefined) return false
      if (isBelowMaintenance(found.margin)) return true
      rest(ladder, key, found.reach)
      return false
    })
  })
  const whole = path.map((prices) =>
    accounts.flatMap((one) => {
      const found = margin(one, terms, prices)
      return found !== undefined && isBelowMaintenance(found) ? [one.id] : []
    }),
  )
  return { climbed, whole, looks }
}

const size = fc.integer({ min: -300, max: 300 })
const someAccount = fc.record({
  perpetuals: fc.tuple(size, size),
  options: fc.constantFrom(0, 0, 0, -40, 25),
  credit: fc.tuple(fc.nat(80), fc.nat(4)),
  cash: fc.integer({ min: -600_000, max: 600_000 }),
})
const someMove = fc.record({
  ether: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
  bitcoin: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
  put: fc.double({ min: -0.5, max: 1, noNaN: true }),
  degraded: fc.constantFrom(false, false, false, false, true),
  silent: fc.constantFrom(undefined, undefined, undefined, 0, 1),
})

describe('the ladder', () => {
  test('finds every account that looking at all of them finds, whatever prices do', () => {
    fc.assert(
      fc.property(
        fc.array(someAccount, { minLength: 1, maxLength: 12 }),
        fc.array(someMove, { maxLength: 30 }),
        (drawn, moves) => {
          const accounts = drawn.map(({ perpetuals: [ether, bitcoin], options, credit, cash }, i) =>
            account({
              id: address(i + 1),
              cash: usd(cash),
              positions: [
                { instrument: 0, size: usd(ether) },
                { instrument: 1, size: usd(bitcoin / 25) },
                { instrument: 2, size: usd(options) },
              ],
              credit: [
                { collateral: 0, amount: BigInt(credit[0]) * 10n ** 18n },
                { collateral: 1, amount: BigInt(credit[1]) * 10n ** 8n },
              ],
            }),
          )
          let at: readonly [number, number, number] = [2_500, 60_000, 60]
          const path = moves.map(({ ether, bitcoin, put, degraded, silent }) => {
            at = [at[0] * (1 + ether), at[1] * (1 + bitcoin), at[2] * (1 + put)]
            const all = pricesAt(...at, degraded ? { degraded: true, confidence: bps(300) } : {})
            return new Map([...all].filter(([feed]) => feed !== silent))
          })
          const { climbed, whole } = bothWays(accounts, [pricesAt(2_500, 60_000), ...path])
          expect(climbed).toEqual(whole)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('accounts far from maintenance are hardly looked at', () => {
    const crowd = Array.from({ length: 500 }, (_, i) => account({ id: address(i + 1), cash: usd(-200_000 + 100 * i) }))
    const path = Array.from({ length: 200 }, (_, i) => pricesAt(2_500 + (i % 7), 60_000))
    expect(bothWays(crowd, path).looks).toBeLessThan((500 * 200) / 50)
  })

  test('an account that changed is looked at again, and so is everything when terms change', () => {
    const ladder = openLadder()
    touch(ladder, 'a')
    touch(ladder, 'b')
    const prices = pricesAt(2_500, 60_000)
    expect(climb(ladder, terms, prices)).toEqual(['a', 'b'])
    rest(ladder, 'a', 0.5)
    rest(ladder, 'b', 0.5)
    expect(climb(ladder, terms, prices)).toEqual([])
    touch(ladder, 'b')
    expect(climb(ladder, terms, prices)).toEqual(['b'])
    expect(climb(ladder, engineTerms({ tradeFee: bps(6) }), prices)).toEqual(['a', 'b'])
  })
})
