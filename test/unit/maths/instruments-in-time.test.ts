import { expect, test } from 'vitest'
import { bps, price } from '../../../agent/domain/units.ts'
import { liquidationPrice } from '../../../agent/maths/liquidation-price.ts'
import { fundingStep, fundingUp, lowerEdgeDown, margin, payoff, upperEdgeUp } from '../../../agent/maths/margin.ts'
import { quorumPrices } from '../../../agent/maths/oracle.ts'
import { account, batchesAt, engineTerms, instrument, usd } from '../../support/builders.ts'

const pricesAt = (ether: number) => quorumPrices(batchesAt(ether))
const dollars = (whole: number) => price(BigInt(whole) * 10n ** 8n)
const HOUR = 3_600n

test('ten dollars of premium cost a unit 1.25 in an hour', () => {
  expect(fundingStep(dollars(2_010), dollars(2_000), bps(100), HOUR)).toBe(usd(1.25))
  expect(fundingStep(dollars(1_990), dollars(2_000), bps(100), HOUR)).toBe(-usd(1.25))
})

test('the premium counts up to its bound', () => {
  expect(fundingStep(dollars(2_500), dollars(2_000), bps(100), 8n * HOUR)).toBe(usd(20))
  expect(fundingStep(dollars(1_500), dollars(2_000), bps(100), 8n * HOUR)).toBe(-usd(20))
  expect(fundingStep(dollars(2_500), dollars(2_000), bps(0), 8n * HOUR)).toBe(0n)
})

test('funding is rounded against whoever holds the position', () => {
  expect([fundingUp(1n, 1n), fundingUp(-1n, 1n), fundingUp(usd(3), usd(2)), fundingUp(usd(-3), usd(2))]).toEqual([
    1n,
    0n,
    usd(6),
    -usd(6),
  ])
})

test('a call pays above its strike and a put below', () => {
  const strike = dollars(2_000)
  expect([payoff(true, strike, dollars(2_250)), payoff(true, strike, dollars(1_900))]).toEqual([dollars(250), 0n])
  expect([payoff(false, strike, dollars(2_250)), payoff(false, strike, dollars(1_900))]).toEqual([0n, dollars(100)])
})

test('edges of a degraded price are rounded outwards', () => {
  expect([lowerEdgeDown(price(9_999n), bps(1)), upperEdgeUp(price(9_999n), bps(1))]).toEqual([9_998n, 10_000n])
  expect(lowerEdgeDown(price(7n), bps(20_000))).toBe(0n)
})

test('unpaid funding lowers the net value at once', () => {
  const long = account({ positions: [{ instrument: 0, size: usd(3), entryFunding: usd(1) }] })
  const terms = engineTerms({ instruments: [instrument({ fundingIndex: usd(2.5) })] })
  const before = margin(long, engineTerms({ instruments: [instrument({ fundingIndex: usd(1) })] }), pricesAt(2_500))
  const after = margin(long, terms, pricesAt(2_500))
  expect((before?.netValue ?? 0n) - (after?.netValue ?? 0n)).toBe(usd(4.5))
})

test('an account with several positions has no single price of liquidation', () => {
  expect(liquidationPrice(account({ mode: 'unified' }), 0, engineTerms(), pricesAt(2_500))).toBeUndefined()
})
