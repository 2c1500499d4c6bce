// Looks, with every root the network attests, whether one side of a route booked more than the other side's counter says, and
// trips that side's breaker with the proof. Only an attested root convicts: a node that lies to us alone stops nobody.
import { millis, type VaultId } from '../domain/units.ts'
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

/** Routes that are tripped, by the side that is: an agent has one set of them. */
export type Broken = Map<Breaker['name'], VaultId>

/**
 * Tells whether one side of a route is tripped, whoever tripped it, until the signal fires. A route that is tripped is shut
 * and the others go on; with a second one it is no longer the route that lies, and nothing is bid before an operator looked.
 */
export async function watchBreaker(
  { clock, tell, emit }: Pick<Context, 'clock' | 'tell' | 'emit'>,
  { breaker, broken }: { readonly breaker: Breaker; readonly broken: Broken },
  signal: AbortSignal,
): Promise<void> {
  const { vault, side, name } = breaker
  for (let known: boolean | undefined; !signal.aborted; ) {
    const tripped = await breaker.tripped()
    if (tripped !== known) tell({ kind: 'breaker', vault, side, tripped })
    if (!tripped) broken.delete(name)
    else if (known !== true) {
      broken.set(name, vault)
      emit('alarm', { code: 'W_ROUTE_TRIPPED', detail: detailOf(breaker) })
      if (new Set(broken.values()).size > 1)
        tell({ kind: 'halt', halt: { reason: 'invariant-broken', detail: brokenIn(broken), at: clock.now() } })
    }
    known = tripped
    await rest(clock, PAUSE, signal)
  }
}

const detailOf = ({ name, books }: Breaker): string =>
  `the breaker of ${name} on chain ${books} is tripped: its books exceed the other chain's counter`

const brokenIn = (broken: Broken): string => `more than one route is tripped: ${[...broken.keys()].sort().join(', ')}`
