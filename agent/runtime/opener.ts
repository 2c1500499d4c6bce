// Opens auctions that nobody else opened: in a few transactions at a time, for everything that waits by then.
import { LienmeshError } from '../domain/errors.ts'
import type { Candidate } from '../domain/liquidation.ts'
import { type ChainId, wad } from '../domain/units.ts'
import type { AuctionsOpened } from '../ports/chain.ts'
import type { Context, EngineSeat } from './context.ts'
import { refresh } from './watch-engine.ts'

export type Opener = { open(candidate: Candidate): void }

/** Auctions opened by one transaction: its gas limit stays a third of what one transaction may ask for (EIP-7825). */
const MOST = 24

export function createOpener(context: Context): Opener {
  const waiting = new Map<ChainId, Candidate[]>()
  const busy = new Set<ChainId>()

  const drain = async (seat: EngineSeat): Promise<void> => {
    const { id } = seat.chain
    if (busy.has(id)) return
    busy.add(id)
    try {
      for (let all = waiting.get(id) ?? []; all.length > 0; all = waiting.get(id) ?? []) {
        waiting.delete(id)
        await Promise.all(inBatches(all).map((batch) => openAll(context, seat, batch)))
      }
    } finally {
      busy.delete(id)
    }
  }

  return {
    open(candidate) {
      const { engine } = candidate.account
      const seat = context.engines.get(engine)
      if (seat === undefined) return
      waiting.set(engine, [...(waiting.get(engine) ?? []), candidate])
      // What the same round finds travels together.
      queueMicrotask(() => context.tasks.own('open auctions', drain(seat)))
    },
  }
}

const inBatches = (all: readonly Candidate[]): readonly (readonly Candidate[])[] =>
  Array.from({ length: Math.ceil(all.length / MOST) }, (_, i) => all.slice(i * MOST, (i + 1) * MOST))

/** No node, no disk, no gas: nothing was opened, and the core asks again when it is worth it. */
function unsent(error: unknown): AuctionsOpened {
  if (error instanceof LienmeshError && error.remedy === 'retry') return { gasCost: 0n, started: [] }
  throw error
}

/** The gas of an opening is nobody's settlement: it is overhead. */
async function openAll(context: Context, seat: EngineSeat, batch: readonly Candidate[]): Promise<void> {
  const { gasCost, started } = await seat.chain.openAuctions(batch, context.signal).catch(unsent)
  const missed = batch.filter(({ account }) => !started.some((one) => one.toLowerCase() === account.id.toLowerCase()))
  if (missed.length > 0) context.tell({ kind: 'auctions-unopened', candidates: missed.map(({ id }) => id) })
  context.tell({ kind: 'gas', chain: seat.chain.id, cost: wad(gasCost), purpose: 'root' })
  if (started.length > 0) context.emit('auction:opened', { accounts: started })
  const ids = batch.map(({ account }) => account.id)
  await refresh(context, seat, ids, await seat.chain.latest())
}
