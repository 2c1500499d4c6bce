// What the journal alone says of nonces that must travel again: their bytes, and the terms that are still known.
import type { FinalityTier } from '../../domain/network.ts'
import { wad } from '../../domain/units.ts'
import { max } from '../../maths/fixed-point.ts'
import type { JournaledTx } from '../../ports/journal.ts'
import { type Attempt, remembered } from './attempt.ts'
import { deadlineIn } from './executor-call.ts'
import type { FeePolicy } from './fees.ts'
import { newPending, type Pending } from './pending.ts'

/** What every order of a key is sent by. */
export type SendingPolicy = { readonly fees: FeePolicy; readonly finality: readonly FinalityTier[] }

/**
 * Every nonce of some transactions, as if it had just been ordered. What was at stake is not known any more, so that the
 * deepest tier applies; the deadline stands in the bytes. The last attempt of each travels.
 */
export function openNonces(
  transactions: readonly JournaledTx[],
  { fees, finality }: SendingPolicy,
): Map<number, Pending> {
  const value = wad(finality.reduce((top, { below }) => (below !== undefined && below > top ? below : top), 0n))
  const nonces = [...Map.groupBy(transactions, ({ nonce }) => nonce)]
  return new Map(
    nonces.map(([nonce, all]) => {
      const attempts = all.map(remembered)
      const [deadline] = attempts.flatMap(({ content }) => deadlineIn(content.data) ?? [])
      return [nonce, newPending(nonce, attempts, { deadline, value, ceiling: ceilingOf(attempts, fees) })]
    }),
  )
}

/** What a bid was worth is not known any more: it is offered no more than was signed for it. A settlement is. */
const ceilingOf = (attempts: readonly Attempt[], { ceiling }: FeePolicy): bigint =>
  attempts.some(({ content }) => content.leg === BID)
    ? attempts.reduce((top, { fees }) => max(top, fees.maxFee), 0n)
    : ceiling

/** The leg that commits capital. */
const BID = 'bid'
