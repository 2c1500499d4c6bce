// The life of a liquidation, as one table: every state it can be in, and what may happen to it there.

/**
 * `signed`: capital reserved, nonce and bytes durable; the point of no return. `final`: so deep in the chain that we
 * count on it. `settled`: the claim is paid. `failed`: reverted or cancelled for good. `abandoned`: somebody else used
 * the nonce.
 */
export type LifeState = 'signed' | 'final' | 'settled' | 'failed' | 'abandoned'

/**
 * `resign`: another attempt, at the same nonce or, after a failure, at another. `finalise`, `revert`: what the chain says at final depth. `settle`: the
 * claim is paid. `reorg`: what was final is not in the chain any more. `foreign`: bytes at our nonce that we never signed.
 */
export type LifeEvent = 'resign' | 'finalise' | 'revert' | 'settle' | 'reorg' | 'foreign'

/** What follows; undefined where the event cannot happen: that is a contradiction, never passed over in silence. */
export const following = (state: LifeState, event: LifeEvent): LifeState | undefined => LIFE[state][event]

/** Whether its capital is still reserved, or paid and not yet back. */
export const holdsCapital = (state: LifeState): boolean => state !== 'settled' && state !== 'failed'

type Row = Readonly<Partial<Record<LifeEvent, LifeState>>>

/**
 * The table. Nothing that a chain said is terminal: a reorganisation takes it back to the signature it rests on. A claim
 * may be paid before we call its bid final: whoever pays has its own proof. The bid may still be signed again, or fail.
 */
export const LIFE: Readonly<Record<LifeState, Row>> = {
  signed: { resign: 'signed', finalise: 'final', revert: 'failed', settle: 'settled', foreign: 'abandoned' },
  final: { finalise: 'final', settle: 'settled', reorg: 'signed' },
  settled: { resign: 'settled', finalise: 'settled', revert: 'failed', settle: 'settled', reorg: 'signed' },
  failed: { resign: 'signed', revert: 'failed', reorg: 'signed' },
  abandoned: { foreign: 'abandoned' },
}
