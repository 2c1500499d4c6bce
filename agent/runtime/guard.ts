// Looks, with every root the network attests, whether one side of a route booked more than the other side's counter says, and
// trips that side's breaker with the proof. Only an attested root convicts: a node that lies to us alone stops nobody.
import type { Halt } from '../core/protect.ts'
import { type Instant, millis } from '../domain/units.ts'
import type { Breaker } from '../ports/chain.ts'
import { attestedHeader } from './attested-header.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

/** How often the books are compared. Agents look at different moments, so that a network looks more often than this. */
const PAUSE = millis(3_000)

/** Guards one side of a route until the signal fires. */
export async function guard(
  context: Pick<Context, 'roots' | 'clock' | 'emit'>,
  breaker: Breaker,
  signal: AbortSignal,
): Promise<void> {
  for (let seen = 0n; !signal.aborted; ) {
    const root = await attestedHeader(context.roots, breaker.other, seen + 1n)
    if (root !== undefined) {
      seen = root.number
      const tx = await breaker.inspect(root, signal)
      if (tx !== undefined)
        context.emit('route:tripped', { books: breaker.name, chain: breaker.books, number: seen, tx })
    }
    await rest(context.clock, PAUSE, signal)
  }
}

/** Tells whether one side of a route is tripped, whoever tripped it, until the signal fires. */
export async function watchBreaker(
  { clock, tell }: Pick<Context, 'clock' | 'tell'>,
  breaker: Breaker,
  signal: AbortSignal,
): Promise<void> {
  const { vault, side } = breaker
  for (let known: boolean | undefined; !signal.aborted; ) {
    const tripped = await breaker.tripped()
    if (tripped !== known) tell({ kind: 'breaker', vault, side, tripped })
    if (tripped && known !== true) tell({ kind: 'halt', halt: brokenAt(breaker, clock.now()) })
    known = tripped
    await rest(clock, PAUSE, signal)
  }
}

/** Somebody proved that a route booked what the other chain never held: nothing is bid before an operator looked. */
const brokenAt = ({ name, books }: Breaker, at: Instant): Halt => ({
  reason: 'invariant-broken',
  detail: `the breaker of ${name} on chain ${books} is tripped: its books exceed the other chain's counter`,
  at,
})
