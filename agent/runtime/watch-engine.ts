// Follows one engine chain: every head becomes facts the core can act on.
import type { Anchor, Head } from '../domain/market.ts'
import type { AccountId } from '../domain/units.ts'
import type { EngineEvents } from '../ports/chain.ts'
import { attest } from './attest.ts'
import type { Context, EngineSeat } from './context.ts'
import { createLogs } from './logs.ts'
import { createUnread } from './unread.ts'

export type EngineWatch = {
  readonly attestor: boolean
  /** Told what happened between two heads (settlement, provider and sharing listen here). */
  readonly onEvents: (events: EngineEvents, head: Head) => void
}

/** Runs until the signal fires: terms, discovery from events with a snapshot, then every head in order. */
export async function watchEngine(context: Context, seat: EngineSeat, watch: EngineWatch): Promise<void> {
  const { chain, deployment } = seat
  context.tell({ kind: 'terms', terms: await chain.terms() })
  context.tell({ kind: 'cash', engine: chain.id, cash: await chain.cash(seat.executor) })
  await refresh(context, seat, [seat.executor], await chain.latest())
  const logs = createLogs(context, seat)
  const unread = createUnread((accounts, at) => refresh(context, seat, accounts, at))
  const read = createLatest(context, async (head) => {
    const spans = await logs.upTo(head)
    for (const events of spans) absorb(context, seat, { events, head, watch })
    if (spans.some(({ terms }) => terms)) context.tell({ kind: 'terms', terms: await chain.terms() })
    await unread.read(
      spans.flatMap(({ touched }) => touched),
      head,
    )
  })
  for await (const event of chain.heads(context.signal)) {
    if (event.kind === 'reorg') {
      context.emit('head:reorg', { chain: chain.id, from: event.from.number })
      context.roots.drop(chain.id, event.from.number)
      context.tell({ kind: 'reorg', from: event.from })
      logs.rewind(event.from.number)
      continue
    }
    const { head } = event
    context.roots.own(head)
    context.emit('head:seen', {
      chain: head.chain,
      number: head.number,
      timestamp: head.timestamp,
      inputs: context.inputs(),
    })
    context.tell({ kind: 'head', head })
    if (watch.attestor) context.tasks.own('attest', attest(context, head, deployment.finality))
    read(head)
  }
}

/** Reads behind the heads without holding them up: while one head is read, only the newest of the others is kept. */
function createLatest(context: Context, read: (head: Head) => Promise<void>): (head: Head) => void {
  let next: Head | undefined
  let busy = false
  const drain = async (): Promise<void> => {
    busy = true
    try {
      for (let head = next; head !== undefined; head = next) {
        next = undefined
        await read(head)
      }
    } finally {
      busy = false
    }
  }
  return (head) => {
    next = head
    if (!busy) context.tasks.own('read logs', drain())
  }
}

type Absorbed = {
  readonly events: EngineEvents
  readonly head: Head
  readonly watch: EngineWatch
}

function absorb(context: Context, seat: EngineSeat, { events, head, watch }: Absorbed): void {
  watch.onEvents(events, head)
  for (const { account, bidder } of events.bids) {
    if (same(bidder, seat.executor)) continue
    context.tell({ kind: 'competitor', engine: seat.chain.id, bidder, account })
    context.emit('bid:rival', { bidder, account, engine: seat.chain.id })
  }
}

/** Reads accounts from our own node and tells the core. */
export async function refresh(
  context: Context,
  seat: EngineSeat,
  accounts: readonly AccountId[],
  at: Anchor,
): Promise<void> {
  if (accounts.length === 0) return
  for (const account of await seat.chain.accounts(accounts, at))
    context.tell({ kind: 'account', account, source: 'own' })
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
