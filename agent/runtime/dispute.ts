// Looks at every header proposed to an optimistic source, and challenges what our own node and the network contradict.
import { millis } from '../domain/units.ts'
import type { Challenger } from '../ports/chain.ts'
import { attestedFrom, attestedHeader } from './attested-header.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

/** How often proposals are looked at. A window is longer than this by far, or it protects nobody. */
const PAUSE = millis(2_000)

/** Disputes until the signal fires. */
export async function dispute(
  context: Pick<Context, 'roots' | 'clock' | 'emit'>,
  challenger: Challenger,
  signal: AbortSignal,
): Promise<void> {
  const attested = {
    newest: () => attestedHeader(context.roots, challenger.other, 0n),
    from: (atLeast: bigint) => attestedFrom(context.roots, challenger.other, atLeast),
  }
  while (!signal.aborted) {
    for (const { kind, ...found } of await challenger.inspect(attested, signal))
      context.emit(`proposal:${kind}`, { source: challenger.name, chain: challenger.chain, ...found })
    await rest(context.clock, PAUSE, signal)
  }
}
