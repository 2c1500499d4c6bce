// The two rules that keep an agent from paying twice, apart from any storage.
import { invariantBroken } from '../../domain/errors.ts'
import type { JournaledTx } from '../../ports/journal.ts'

/**
 * Whether `tx` is already written down. Throws E_INVARIANT when it gives an existing nonce another meaning, or an
 * intent's leg another nonce while the first may still be mined.
 */
export function conflict(tx: JournaledTx, written: readonly JournaledTx[]): 'known' | 'new' {
  if (written.some((other) => other.hash === tx.hash)) return 'known'
  for (const other of written) {
    const sameNonce = other.nonce === tx.nonce
    const sameLeg = tx.intent !== undefined && other.intent === tx.intent && other.leg === tx.leg
    if (sameNonce && other.leg !== tx.leg && tx.leg !== CANCEL) throw twice('nonce', tx, other)
    if (sameNonce && other.intent !== tx.intent) throw twice('nonce', tx, other)
    if (sameLeg && !sameNonce && (other.state === 'signed' || other.state === 'included'))
      throw twice('intent', tx, other)
  }
  return 'new'
}

/** The leg of a transaction that only uses up a nonce: it may replace any other of the same intent. */
export const CANCEL = 'cancel'

const twice = (what: string, tx: JournaledTx, other: JournaledTx) =>
  invariantBroken(`The ${what} of ${tx.hash} was already given to ${other.hash}.`, {
    chain: tx.chain,
    nonce: tx.nonce,
    leg: tx.leg,
    intent: tx.intent,
    otherNonce: other.nonce,
    otherLeg: other.leg,
  })
