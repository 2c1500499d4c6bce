// A public service: credit deposits on the engine chain as soon as a root of the vault chain is attested.
import type { VaultId } from '../domain/units.ts'
import { millis } from '../domain/units.ts'
import { max } from '../maths/fixed-point.ts'
import type { Deposit } from '../ports/chain.ts'
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
  const relay: Relay = {
    note(vault, deposits) {
      waiting.set(vault, [...(waiting.get(vault) ?? []), ...deposits])
    },
    async run(vault, signal) {
      const seat = context.vaults.get(vault)
      if (seat === undefined) throw new Error(`no seat at vault ${vault}`)
      while (!signal.aborted) {
        const batch = waiting.get(vault) ?? []
        if (batch.length > 0 && (await creditBatch(context, seat, batch, relay)))
          waiting.set(vault, (waiting.get(vault) ?? []).slice(batch.length))
        else await rest(context.clock, PAUSE, signal)
      }
    },
  }
  return relay
}

/** Through what the source wants first, until the batch is credited. False when there is no root for it yet. */
async function creditBatch(
  context: Context,
  seat: VaultSeat,
  batch: readonly Deposit[],
  relay: Relay,
): Promise<boolean> {
  const { id, engine } = seat.deployment
  const target = context.engines.get(engine)
  const newest = batch.map((deposit) => deposit.anchor.number).reduce((a, b) => max(a, b))
  const attested = await attestedHeader(context.roots, seat.chain, newest)
  const basis = await target?.chain.basis(id, newest, attested)
  if (basis === undefined || target === undefined) return false
  for (let wait = 0; wait < PATIENCE && !context.signal.aborted; wait++) {
    const step = await target.chain.credit(id, basis, unique(batch), context.signal)
    if (step.kind !== 'waiting') {
      const tx = step.kind === 'credited' ? step.tx : undefined
      context.emit('deposit:credited', { vault: id, deposits: batch.length, number: basis.number, tx })
      for (const { deposit, readyAt } of step.held)
        context.tasks.own(
          'held credit',
          returnAt(context, readyAt).then(() => relay.note(id, [deposit])),
        )
      return true
    }
    context.emit('credit:waiting', { vault: id, deposits: batch.length, number: basis.number, usableAt: step.usableAt })
    await returnAt(context, step.usableAt)
  }
  return false
}

/** Waits for one source before a newer root is tried: a message may be lost, a proposal may be struck. */
const PATIENCE = 60

const returnAt = ({ clock, signal }: Context, at: bigint): Promise<void> =>
  rest(clock, millis(Math.max(PAUSE, Number(at) * 1_000 - clock.now())), signal)

/** One proof per (account, asset): counters are cumulative. */
const unique = (batch: readonly Deposit[]): readonly Deposit[] => [
  ...new Map(batch.map((deposit) => [`${deposit.account}:${deposit.asset}`, deposit])).values(),
]
