// One nonce, one meaning: the rule that keeps a key from promising the same nonce twice, apart from any storage.
import type { Address, Hex } from 'viem'
import { keccak256, stringToHex } from 'viem/utils'
import type { UnsignedTransaction } from '../../ports/signer.ts'

/** What a nonce was last signed for. */
export type Spent = {
  /** Hash of everything but the fees. */
  readonly meaning: Hex
  readonly maxFee: bigint
  readonly tip: bigint
}

/** `again`: the very same bytes. `replaced`: the same meaning at higher fees. `cancelled`: nothing, to ourselves. */
export type Verdict = 'first' | 'again' | 'replaced' | 'cancelled' | 'other-meaning' | 'fees-too-low'

/**
 * What signing `transaction` would make of its nonce. A nonce has the meaning it was first signed with: it may be signed
 * again with both fees higher, or be given up by a transaction to ourselves that carries nothing, with both fees higher
 * than ever before. What was given up stays so.
 */
export function judge(transaction: UnsignedTransaction, self: Address, spent: Spent | undefined): Verdict {
  if (spent === undefined) return 'first'
  const { maxFee, tip } = transaction
  const same = meaningOf(transaction) === spent.meaning
  if (same && maxFee === spent.maxFee && tip === spent.tip) return 'again'
  if (!same && !isCancel(transaction, self)) return 'other-meaning'
  if (maxFee <= spent.maxFee || tip <= spent.tip) return 'fees-too-low'
  return same ? 'replaced' : 'cancelled'
}

/** What the nonce means once the transaction is signed. */
export const spentBy = (transaction: UnsignedTransaction): Spent => ({
  meaning: meaningOf(transaction),
  maxFee: transaction.maxFee,
  tip: transaction.tip,
})

/** Whether it only uses up a nonce. */
export const isCancel = ({ to, value, data }: UnsignedTransaction, self: Address): boolean =>
  to.toLowerCase() === self.toLowerCase() && value === 0n && data === '0x'

/** Replacements keep everything but the fees, the limit of gas included. */
const meaningOf = ({ chain, nonce, to, value, data, gas }: UnsignedTransaction): Hex =>
  keccak256(stringToHex([chain, nonce, to, value, data, gas].join(' ').toLowerCase()))
