// Which event of a liquidation's life a journaled transaction is, apart from any storage.
import { invariantBroken } from '../../domain/errors.ts'
import { following, type LifeEvent, type LifeState } from '../../domain/life.ts'
import type { JournaledTx } from '../../ports/journal.ts'
import { CANCEL } from './conflict.ts'

/** The leg that commits capital: it opens a life. */
const BID = 'bid'

/** Whether a transaction belongs to the life of its intent: the bid, or what takes its place. */
export const ofLife = ({ intent, leg }: JournaledTx): boolean => intent !== undefined && (leg === BID || leg === CANCEL)

/** The state after `tx` was signed; undefined when it opens no life and none is open. */
export function signedLife(tx: JournaledTx, state: LifeState | undefined): LifeState | undefined {
  if (state === undefined) return tx.leg === BID ? 'signed' : undefined
  return step(tx, state, 'resign')
}

/** The state after the chain settled `tx`, or took it back. */
export function settledLife(tx: JournaledTx, state: LifeState, becomes: JournaledTx['state']): LifeState {
  const event = eventOf(tx, becomes)
  return event === undefined ? state : step(tx, state, event)
}

/** What a journaled transaction's new state means for the liquidation: a dropped attempt means nothing by itself. */
function eventOf({ leg, state }: JournaledTx, becomes: JournaledTx['state']): LifeEvent | undefined {
  if (becomes === 'signed') return state === 'included' || state === 'reverted' ? 'reorg' : undefined
  if (becomes === 'dropped') return undefined
  return becomes === 'included' && leg === BID ? 'finalise' : 'revert'
}

/** The next state by the table. Throws E_INVARIANT where the table has none. */
export function step(tx: Pick<JournaledTx, 'intent' | 'hash'>, state: LifeState, event: LifeEvent): LifeState {
  const next = following(state, event)
  if (next !== undefined) return next
  throw invariantBroken(`A liquidation that is ${state} cannot ${event}.`, { intent: tx.intent, tx: tx.hash })
}
