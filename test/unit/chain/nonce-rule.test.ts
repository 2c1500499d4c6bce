// One nonce, one meaning: the signer's own rule, whatever the journal says.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCancel, judge, type Spent, spentBy } from '../../../agent/adapters/signer/nonce-rule.ts'
import { chainId } from '../../../agent/domain/units.ts'
import type { UnsignedTransaction } from '../../../agent/ports/signer.ts'

const SELF = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const EXECUTOR = '0x00000000000000000000000000000000000000e1'
const OTHER = '0x00000000000000000000000000000000000000e2'

const bid = (change: Partial<UnsignedTransaction> = {}): UnsignedTransaction => ({
  ...{ chain: chainId(1), nonce: 7, to: EXECUTOR, value: 0n, data: '0x1234', gas: 100_000n, maxFee: 100n, tip: 10n },
  ...change,
})
const cancel = (change: Partial<UnsignedTransaction> = {}) => bid({ to: SELF, data: '0x', gas: 21_000n, ...change })
const dearer = { maxFee: 113n, tip: 12n }

const signedFor = (...signed: readonly UnsignedTransaction[]): Spent | undefined =>
  signed.reduce<Spent | undefined>((_, transaction) => spentBy(transaction), undefined)

describe('a nonce that was signed', () => {
  test.each([
    ['nothing', undefined, bid(), 'first'],
    ['a bid, the same bid again', signedFor(bid()), bid(), 'again'],
    ['a bid, the bid at higher fees', signedFor(bid()), bid(dearer), 'replaced'],
    ['a bid, a higher fee and the old tip', signedFor(bid()), bid({ maxFee: 113n }), 'fees-too-low'],
    ['a bid, a higher tip and the old fee', signedFor(bid()), bid({ tip: 12n }), 'fees-too-low'],
    ['a bid, lower fees', signedFor(bid()), bid({ maxFee: 99n, tip: 9n }), 'fees-too-low'],
    ['a bid, other data', signedFor(bid()), bid({ data: '0x1235', ...dearer }), 'other-meaning'],
    ['a bid, another destination', signedFor(bid()), bid({ to: OTHER, ...dearer }), 'other-meaning'],
    ['a bid, a value', signedFor(bid()), bid({ value: 1n, ...dearer }), 'other-meaning'],
    ['a bid, more gas', signedFor(bid()), bid({ gas: 100_001n, ...dearer }), 'other-meaning'],
    ['a bid, a cancel', signedFor(bid()), cancel(dearer), 'cancelled'],
    ['a bid, a cancel that pays no more', signedFor(bid()), cancel(), 'fees-too-low'],
    ['a bid, a gift to ourselves', signedFor(bid()), cancel({ value: 1n, ...dearer }), 'other-meaning'],
    ['a cancel, the bid again', signedFor(bid(), cancel(dearer)), bid({ maxFee: 200n, tip: 99n }), 'other-meaning'],
    ['a cancel, a dearer cancel', signedFor(cancel()), cancel(dearer), 'replaced'],
  ] as const)('for %s', (_name, spent, asked, verdict) => {
    expect(judge(asked, SELF, spent)).toBe(verdict)
  })

  test('the spelling of an address has no meaning', () => {
    const lower = bid({ to: EXECUTOR.toUpperCase().replace('0X', '0x') as typeof EXECUTOR, ...dearer })
    expect(judge(lower, SELF, signedFor(bid()))).toBe('replaced')
  })
})

test('whatever is asked in whatever order, a nonce gets one meaning, then at most cancels', () => {
  const asked = fc.record({
    which: fc.constantFrom('bid' as const, 'other' as const, 'cancel' as const),
    maxFee: fc.bigInt(1n, 9n),
    tip: fc.bigInt(1n, 9n),
  })
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 40 }), (all) => {
      const signed = signedOf(all.map(({ which, ...fees }) => CALLS[which](fees)))
      const meant = signed.filter((one) => !isCancel(one, SELF))
      expect(new Set(meant.map(({ data }) => data)).size).toBeLessThanOrEqual(1)
      const first = signed.findIndex((one) => isCancel(one, SELF))
      if (first >= 0) expect(signed.slice(first).every((one) => isCancel(one, SELF))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

const CALLS = {
  bid: (fees: object) => bid({ data: '0x01', ...fees }),
  other: (fees: object) => bid({ data: '0x02', ...fees }),
  cancel,
}

/** What a signer that keeps the rule signs of all that it is asked. */
function signedOf(asked: readonly UnsignedTransaction[]): readonly UnsignedTransaction[] {
  let spent: Spent | undefined
  return asked.filter((transaction) => {
    const verdict = judge(transaction, SELF, spent)
    if (verdict === 'other-meaning' || verdict === 'fees-too-low') return false
    if (verdict !== 'again') spent = spentBy(transaction)
    return true
  })
}
