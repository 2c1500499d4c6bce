// What an operator may ask of an agent, and what an agent remembers of the answer over a restart.
import { HALT_REASONS, type Halt } from '../core/protect.ts'
import { LienmeshError, usageError } from '../domain/errors.ts'
import type { Decision } from '../domain/liquidation.ts'
import type { Balance } from '../domain/posting.ts'
import { instant } from '../domain/units.ts'
import type { Context } from './context.ts'
import type { Question } from './control.ts'
import { type PeersReport, peersReport } from './peers-report.ts'
import { type Portfolio, portfoliosOf } from './portfolio.ts'
import { type AgentStatus, type Post, statusOf } from './post.ts'
import { type Settlement, settlementsIn } from './settlements.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import type { StrategyLine } from './strategy-books.ts'

/** The name under which the journal keeps a halt. */
const HALT = 'halt'

/** Takes up a halt of an earlier run: what tripped stays tripped. */
export function rememberHalt({ journal, tell }: Pick<Context, 'journal' | 'tell'>): void {
  const kept = journal.recall(HALT)
  if (kept !== undefined && kept !== '') tell({ kind: 'halt', halt: haltIn(kept) })
}

/** Writes a halt down, so that it outlives a kill, and says so. A disk that takes nothing gets it later. */
export function halted({ journal, emit }: Pick<Context, 'journal' | 'emit'>, halt: Halt): void {
  journal.remember(HALT, JSON.stringify(halt))
  emit('agent:halted', { ...halt })
}

type Answer =
  | AgentStatus
  | { readonly decisions: readonly Decision[] }
  | { readonly settlements: readonly Settlement[] }
  | { readonly balances: readonly Balance[] }
  | { readonly strategies: readonly StrategyLine[] }
  | { readonly tuned: string }
  | { readonly error: string; readonly fix: string; readonly code: string }
  | Snapshot
  | PeersReport
  | { readonly portfolios: readonly Portfolio[] }

/** Answers an operator. */
export async function obey(post: Post, question: Question): Promise<Answer> {
  const { context, stop } = post
  switch (question.ask) {
    case 'status':
      return statusOf(post)
    case 'pause': {
      const halt: Halt = { reason: 'operator', detail: 'an operator paused this agent', at: context.clock.now() }
      context.tell({ kind: 'halt', halt })
      halted(context, halt)
      return { ...statusOf(post), halt: post.core.watch.halt ?? halt }
    }
    case 'resume':
      context.journal.remember(HALT, '')
      for (const one of post.reconcilers) one.accept()
      context.tell({ kind: 'resume' })
      context.emit('agent:resumed')
      return { ...statusOf(post), halt: undefined }
    case 'decisions':
      return { decisions: context.journal.decisions(question.filter) }
    case 'settlements':
      return { settlements: settlementsIn(context.journal, question.filter) }
    case 'balances':
      return { balances: context.journal.balances() }
    case 'strategies':
      return { strategies: post.books.lines() }
    case 'tune':
      return tune(post, question)
    case 'portfolio':
      return { portfolios: portfoliosOf(post.core, context.clock.now(), question.account, question.wish) }
    case 'snapshot':
      return snapshotOf(post)
    case 'peers': {
      const { network, clock, gossip } = context
      return peersReport(gossip, post.core, { attestors: network.attestors, now: clock.now() })
    }
    case 'stop':
      stop()
      return statusOf(post)
  }
}

/** Gives a strategy other parameters: read by its schema, written down as an input, in force from the next look. */
async function tune({ context, holders }: Post, { strategy, changes }: Tuning): Promise<Answer> {
  const holder = holders.find(({ seat }) => seat.name === strategy)
  const names = holders.map(({ seat }) => seat.name).join(', ')
  if (holder === undefined)
    return refusal(usageError('E_STRATEGY_UNKNOWN', `no strategy "${strategy}" is seated`, `Name one of: ${names}.`))
  try {
    context.tell({ kind: 'tuned', seat: strategy, params: await holder.tune(changes) })
    context.emit('strategy:tuned', { strategy, changes })
    return { tuned: strategy }
  } catch (error) {
    if (error instanceof LienmeshError) return refusal(error)
    throw error
  }
}

type Tuning = Extract<Question, { readonly ask: 'tune' }>

const refusal = ({ code, message, fix }: LienmeshError): Answer => ({ code, error: message, fix })

/** What we wrote ourselves; damaged, it still means that somebody said stop. */
function haltIn(kept: string): Halt {
  const held: Partial<Record<string, unknown>> = JSON.parse(kept)
  const detail = String(held['detail'] ?? 'an earlier run was halted')
  const known = HALT_REASONS.find((reason) => reason === held['reason'])
  return { reason: known ?? 'operator', detail, at: instant(Number(held['at'] ?? 0)) }
}
