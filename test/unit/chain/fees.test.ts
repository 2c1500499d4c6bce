import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capped, ceilingOf, type FeePolicy, marketFees, raised, spentFees } from '../../../agent/adapters/chain/fees.ts'
import { sendAnswer } from '../../../agent/adapters/chain/send-answer.ts'
import { type ErrorContext, LienmeshError } from '../../../agent/domain/errors.ts'
import { wad } from '../../../agent/domain/units.ts'

const GWEI = 10n ** 9n
const usd = (dollars: number) => wad(BigInt(dollars) * 10n ** 18n)
const policy = (changes: Partial<FeePolicy> = {}): FeePolicy => ({
  tip: 2n * GWEI,
  ceiling: 500n * GWEI,
  baseFee: 'market',
  coin: () => usd(2_000),
  ...changes,
})

describe('a replacement', () => {
  test('pays an eighth more on both fees, rounded up', () => {
    expect(raised({ maxFee: 100n, tip: 9n }, 1_000n)).toEqual({ maxFee: 113n, tip: 11n })
    expect(raised({ maxFee: 8n, tip: 8n }, 1_000n)).toEqual({ maxFee: 9n, tip: 9n })
  })

  test('of a free transaction is not free', () => {
    expect(raised({ maxFee: 0n, tip: 0n }, 1_000n)).toEqual({ maxFee: 1n, tip: 1n })
  })

  test('above the ceiling does not exist', () => {
    expect(raised({ maxFee: 1_000n, tip: 1n }, 1_124n)).toBeUndefined()
  })

  test('goes to the market at once when that is more, never above the ceiling', () => {
    const market = { maxFee: 900n, tip: 40n }
    expect(raised({ maxFee: 100n, tip: 8n }, 1_000n, market)).toEqual({ maxFee: 900n, tip: 40n })
    expect(raised({ maxFee: 100n, tip: 8n }, 500n, market)).toEqual({ maxFee: 500n, tip: 40n })
  })

  test('always passes the rule of nodes, a tenth more on both, within the ceiling', () => {
    const fee = fc.bigInt(0n, 2n ** 80n)
    fc.assert(
      fc.property(fc.tuple(fee, fee), fee, fc.tuple(fee, fee), ([a, b], ceiling, [market, tip]) => {
        const last = capped({ maxFee: a, tip: b }, a)
        const next = raised(last, ceiling, capped({ maxFee: market, tip }, market))
        if (next === undefined) return
        expect(next.maxFee * 10n).toBeGreaterThanOrEqual(last.maxFee * 11n)
        expect(next.tip * 10n).toBeGreaterThanOrEqual(last.tip * 11n)
        expect(next.maxFee).toBeLessThanOrEqual(ceiling)
        expect(next.tip).toBeLessThanOrEqual(next.maxFee)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('the fees that a signer signed before', () => {
  const refused = (code: string, context: ErrorContext) =>
    new LienmeshError(code, 'refused', { remedy: 'retry', exit: 1, fix: '', context })

  test('are in its refusal of the nonce', () => {
    const spent = { maxFee: 7n, tip: 3n }
    expect(spentFees(refused('E_SIGNER_NONCE', spent))).toEqual(spent)
  })

  test.each([
    ['of something else', refused('E_SIGNER_POLICY', { maxFee: 7n, tip: 3n })],
    ['without one of them', refused('E_SIGNER_NONCE', { maxFee: 7n })],
    ['that is not ours', Object.assign(new Error('x'), { code: 'E_SIGNER_NONCE', context: { maxFee: 7n, tip: 3n } })],
  ])('are not in a refusal %s', (_, error) => {
    expect(spentFees(error)).toBeUndefined()
  })
})

describe('the ceiling of an order', () => {
  const worth = { likely: 500_000n, budget: usd(10) }

  test('is what its budget pays for the gas it likely uses', () => {
    expect(ceilingOf(worth, policy(), 0n)).toBe(10n * GWEI)
  })

  test('leaves out what the bytes cost on the base chain', () => {
    expect(ceilingOf(worth, policy(), 2n * 10n ** 15n)).toBe(6n * GWEI)
    expect(ceilingOf(worth, policy(), 10n ** 18n)).toBe(0n)
  })

  test("is the policy's without a budget, without a price, and above it", () => {
    expect(ceilingOf({ ...worth, budget: undefined }, policy(), 0n)).toBe(500n * GWEI)
    expect(ceilingOf(worth, policy({ coin: () => undefined }), 0n)).toBe(500n * GWEI)
    expect(ceilingOf({ ...worth, budget: usd(1_000_000) }, policy(), 0n)).toBe(500n * GWEI)
  })

  test('caps a first attempt too', () => {
    expect(capped(marketFees(40n * GWEI, policy()), 10n * GWEI)).toEqual({ maxFee: 10n * GWEI, tip: 2n * GWEI })
  })
})

describe('F38: what a node says to a transaction', () => {
  test.each([
    ['already known', 'known'],
    ['transaction already imported', 'known'],
    ['nonce too low: next nonce 7, tx nonce 3', 'nonce-too-low'],
    ['transaction underpriced', 'underpriced'],
    ['replacement transaction underpriced', 'underpriced'],
    ['max fee per gas less than block base fee', 'underpriced'],
    ['insufficient funds for gas * price + value', 'insufficient-funds'],
    ['tx fee (1.20 ether) exceeds the configured cap (1.00 ether)', 'fee-cap'],
    ['Too Many Requests', 'limited'],
    ['the dog ate it', 'ambiguous'],
    ['', 'ambiguous'],
  ])('%s: %s', (text, code) => {
    expect(sendAnswer(text)).toBe(code)
  })
})
