// A public service: credit deposits on the engine chain as soon as a root of the vault chain is attested.
import type { VaultId } from '../domain/units.ts'
import { millis } from '../domain/units.ts'
import { max } from '../maths/fixed-point.ts'
import type { AttestedHeader, Deposit } from '../ports/chain.ts'
import { attestedHeader } from './attested-header.ts'
import type { Context, VaultSeat } from './context.ts'
import { rest } from './tasks.ts'

export type Relay = {
  note(vault: VaultId, deposits: readonly Deposit[]): void
  /** Runs one vault's credits until the signal fires. */
  run(vault: VaultId, signal: AbortSignal): Promise<void>
}

const PAUSE = millis(100)

/** Deposits are credited in batches: one root, one anchor, one proof per (account, asset). */
export function createRelay(context: Context): Relay {
  const waiting = new Map<VaultId, Deposit[]>()
  return {
    note(vault, deposits) {
      waiting.set(vault, [...(waiting.get(vault) ?? []), ...deposits])
    },
    async run(vault, signal) {
      const seat = context.vaults.get(vault)
      if (seat === undefined) throw new Error(`no seat at vault ${vault}`)
      while (!signal.aborted) {
        const batch = waiting.get(vault) ?? []
        if (batch.length > 0 && (await creditBatch(context, seat, batch)))
          waiting.set(vault, (waiting.get(vault) ?? []).slice(batch.length))
        else await rest(context.clock, PAUSE, signal)
      }
    },
  }
}

async function creditBatch(context: Context, seat: VaultSeat, batch: readonly Deposit[]): Promise<boolean> {
  const { id, engine } = seat.deployment
  const root = await attestedRoot(context, seat, batch)
  const target = context.engines.get(engine)
  if (root === undefined || target === undefined) return false
  const tx = await target.chain.credit(id, root, unique(batch), context.signal)
  context.emit('deposit:credited', { vault: id, deposits: batch.length, number: root.number, tx })
  return true
}

function attestedRoot(
  context: Context,
  seat: VaultSeat,
  batch: readonly Deposit[],
): Promise<AttestedHeader | undefined> {
  const newest = batch.map((deposit) => deposit.anchor.number).reduce((a, b) => max(a, b))
  return attestedHeader(context.roots, seat.chain, newest)
}

/** One proof per (account, asset): counters are cumulative. */
const unique = (batch: readonly Deposit[]): readonly Deposit[] => [
  ...new Map(batch.map((deposit) => [`${deposit.account}:${deposit.asset}`, deposit])).values(),
]
