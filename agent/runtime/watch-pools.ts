// Asks the market itself, besides the publishers: what the pools of a vault's chain pay, block after block.
import { millis } from '../domain/units.ts'
import type { Context, VaultSeat } from './context.ts'
import { rest } from './tasks.ts'

/** Wall time between two looks: a market that contradicts the publishers does so for longer. */
const PAUSE = millis(2_000)

/** Tells the core of every newer block's prices until the signal fires. */
export async function watchPools(
  { tell, clock }: Pick<Context, 'tell' | 'clock'>,
  { chain, deployment }: VaultSeat,
  signal: AbortSignal,
): Promise<void> {
  for (let seen: bigint | undefined; !signal.aborted; ) {
    const { number, prices } = await chain.pools()
    if (seen === undefined || number > seen) tell({ kind: 'pools', vault: deployment.id, number, prices })
    seen = number
    await rest(clock, PAUSE, signal)
  }
}
