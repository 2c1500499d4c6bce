// Reads an engine chain's logs behind a cursor that survives restarts; says once when log access is cut.
import { LienmeshError } from '../domain/errors.ts'
import type { Head } from '../domain/market.ts'
import type { AccountId } from '../domain/units.ts'
import type { EngineEvents } from '../ports/chain.ts'
import type { Context, EngineSeat } from './context.ts'

export type Logs = {
  /** Events since the last call, in spans; the first call starts where the last run stopped. */
  upTo(head: Head): Promise<readonly EngineEvents[]>
  /** Reads again from this block: what stood there is no longer canonical. */
  rewind(to: bigint): void
}

/** Blocks between snapshots: a restart reads at most so many again, and a snapshot is a durable write. */
const SNAPSHOT_EVERY = 20n
/** Blocks read in one log query during discovery. */
const DISCOVERY_SPAN = 2_000n

/** A reader of one engine's logs. Accounts of earlier runs are handed out first, as touched. */
export function createLogs(context: Context, { chain, deployment }: EngineSeat): Logs {
  const snapshot = openSnapshot(context, `accounts:${chain.id}`, deployment.fromBlock)
  let { next } = snapshot
  let cut = false
  let earlier: readonly AccountId[] = [...snapshot.accounts]

  const readSpans = async (head: Head): Promise<EngineEvents[]> => {
    const spans: EngineEvents[] = []
    while (next <= head.number) {
      const to = next + DISCOVERY_SPAN < head.number ? next + DISCOVERY_SPAN : head.number
      const events = await chain.events(next, to)
      spans.push(events)
      next = to + 1n
      snapshot.note(next, events.touched)
    }
    return spans
  }

  return {
    rewind(to) {
      if (to < next) next = to
    },
    async upTo(head) {
      const from = next
      const known = earlier.length === 0 ? [] : [{ ...NOTHING, touched: earlier }]
      try {
        const spans = cut ? [] : await readSpans(head)
        earlier = []
        return [...known, ...spans]
      } catch (error) {
        // What was not handed out is read again with the next head.
        if (from < next) next = from
        if (!(error instanceof LienmeshError) || error.code !== 'E_LOGS_UNAVAILABLE') throw error
        cut = true
        earlier = []
        const detail = "no log access: candidates come from peers' proven states"
        context.emit('alarm', { code: 'W_LOGS_CUT', detail })
        return known
      }
    },
  }
}

const NOTHING = { owed: [], bids: [], purchases: [], lines: [], terms: false }

type Snapshot = {
  readonly next: bigint
  readonly accounts: ReadonlySet<AccountId>
  note(next: bigint, touched: readonly AccountId[]): void
}

/** Accounts seen so far and where reading goes on, kept in the journal. */
function openSnapshot({ journal }: Context, key: string, fromBlock: bigint): Snapshot {
  const held = restore(journal.recall(key))
  const accounts = new Set<AccountId>(held?.accounts)
  let noted = held?.next ?? fromBlock
  return {
    next: noted,
    accounts,
    note(next, touched) {
      for (const account of touched) accounts.add(account)
      if (next < noted + SNAPSHOT_EVERY) return
      journal.remember(key, JSON.stringify({ next: next.toString(), accounts: [...accounts] }))
      noted = next
    },
  }
}

function restore(text: string | undefined): { next: bigint; accounts: AccountId[] } | undefined {
  if (text === undefined) return undefined
  const { next, accounts } = JSON.parse(text)
  return { next: BigInt(next), accounts }
}
