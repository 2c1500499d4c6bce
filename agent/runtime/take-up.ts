// Bids of earlier lives, and bids whose end a reorganisation changed: the core counts them as it counts its own, and hears
// how they ended as soon as the journal holds it for final.
import type { Input } from '../core/core.ts'
import type { Intent, IntentId } from '../domain/liquidation.ts'
import type { ChainId } from '../domain/units.ts'
import type { EngineChain } from '../ports/chain.ts'
import type { Journal, SettlementRecord } from '../ports/journal.ts'
import type { Untimed } from './context.ts'
import type { Emit } from './events.ts'
import { sharesIn } from './settlement-notes.ts'

/** What is read, and whom it tells. A part of the agent's context. */
type TakingUp = {
  readonly journal: Pick<Journal, 'lives' | 'bid' | 'settlements'>
  readonly engines: ReadonlyMap<ChainId, { readonly chain: Pick<EngineChain, 'ended'> }>
  readonly emit: Emit
  readonly tell: (input: Untimed<Input>) => void
}

type TakeUp = {
  /** Looks once; whether everything that the journal holds capital for is in the core's books. */
  look(): Promise<boolean>
}

/** What the core knows: whether a bid is in its books, and whether it can value what a bid on an engine won. */
type Knowing = {
  readonly carries: (intent: IntentId) => boolean
  readonly values: (engine: ChainId) => boolean
}

/** What is in the journal now is an earlier life's. */
export function createTakeUp(context: TakingUp, { carries, values }: Knowing): TakeUp {
  const { journal, emit, tell } = context
  const earlier = new Set(journal.lives().map(({ intent }) => intent))
  /** Told of, their end is not known yet. */
  const waiting = new Map<IntentId, Intent>()
  /** Told to have been won. */
  const won = new Set<IntentId>()

  const take = (id: IntentId): void => {
    const bid = journal.bid(id)
    if (bid === undefined) return
    waiting.set(id, bid.intent)
    tell({ kind: 'bid-recovered', intent: bid.intent, since: bid.at })
  }

  const end = async (intent: Intent): Promise<void> => {
    const record = journal.settlements({ id: intent.id, limit: 1 }).at(0)
    const state = record?.life?.state
    if (record === undefined || state === 'signed' || state === 'abandoned') return
    const { engine } = intent.quote.candidate.account
    const outcome = values(engine) ? await context.engines.get(engine)?.chain.ended(intent, endedIn(record)) : undefined
    if (outcome === undefined) return
    waiting.delete(intent.id)
    if (outcome.kind === 'won') won.add(intent.id)
    emit('bid:recovered', { intent: intent.id, outcome: outcome.kind })
    tell({ kind: 'outcome', intent, outcome })
    for (const { claim, sale } of sharesIn(record)) tell({ kind: 'claim-sold', claims: [claim], sale })
  }

  const missing = ({ intent, state }: Held): boolean =>
    !carries(intent) && !waiting.has(intent) && !won.has(intent) && (state === 'final' || isEarlier(intent, state))

  /** A bid of this life that is told to be lost may still turn out to be won: then it is final. */
  const isEarlier = (intent: IntentId, state: Held['state']): boolean => state === 'signed' && earlier.delete(intent)

  return {
    async look() {
      for (const life of journal.lives()) if (missing(life)) take(life.intent)
      for (const intent of [...waiting.values()]) await end(intent)
      return (
        waiting.size === 0 &&
        journal.lives().every(({ intent }) => carries(intent) || journal.bid(intent) === undefined)
      )
    },
  }
}

type Held = ReturnType<Journal['lives']>[number]

/** What ended it, where the journal knows; the last that was signed for a nonce is looked for first. */
const endedIn = ({ transactions }: SettlementRecord): SettlementRecord['transactions'] => {
  const own = transactions.filter(({ leg }) => leg === 'bid' || leg === 'cancel')
  return [...own.filter(({ state }) => state === 'included' || state === 'reverted'), ...own].reverse()
}
