// What an operator may ask of an agent, and what an agent remembers of the answer over a restart.
import type { Core } from '../core/core.ts'
import { free, inFlight, wealth } from '../core/ledger.ts'
import { HALT_REASONS, type Halt } from '../core/protect.ts'
import { LienmeshError, usageError } from '../domain/errors.ts'
import type { Decision } from '../domain/liquidation.ts'
import type { Balance } from '../domain/posting.ts'
import { type ChainId, instant, wad } from '../domain/units.ts'
import type { Context } from './context.ts'
import type { Question } from './control.ts'
import type { Holder } from './holder.ts'
import type { Reconciler } from './reconcile.ts'
import { type Settlement, settlementsIn } from './settlements.ts'
import type { Tally } from './tally.ts'

/** The name under which the journal keeps a halt. */
const HALT = 'halt'

/** What the agent says of itself. Amounts in dollars (wad). */
export type AgentStatus = {
  readonly name: string
  /** Its money is simulated. */
  readonly paper: boolean
  readonly halt: Halt | undefined
  readonly reserved: number
  readonly claims: number
  readonly inFlight: bigint
  readonly wealth: bigint
  readonly free: Readonly<Record<ChainId, bigint>>
  readonly wins: number
  readonly peers: number
}

/** Takes up a halt of an earlier run: what tripped stays tripped. */
export function rememberHalt({ journal, tell }: Pick<Context, 'journal' | 'tell'>): void {
  const kept = journal.recall(HALT)
  if (kept !== undefined && kept !== '') tell({ kind: 'halt', halt: haltIn(kept) })
}

/** Writes a halt down before anything else happens, and says so. */
export function halted({ journal, emit }: Pick<Context, 'journal' | 'emit'>, halt: Halt): void {
  journal.remember(HALT, JSON.stringify(halt))
  emit('agent:halted', { ...halt })
}

export type Post = {
  readonly context: Context
  readonly core: Core
  readonly tally: Tally
  readonly reconcilers: readonly Reconciler[]
  readonly holders: readonly Holder[]
  readonly stop: () => void
}

type Answer =
  | AgentStatus
  | { readonly decisions: readonly Decision[] }
  | { readonly settlements: readonly Settlement[] }
  | { readonly balances: readonly Balance[] }
  | { readonly tuned: string }
  | { readonly error: string; readonly fix: string; readonly code: string }

/** Answers an operator. */
export async function obey(post: Post, question: Question): Promise<Answer> {
  const { context, stop } = post
  switch (question.ask) {
    case 'status':
      return statusOf(post)
    case 'pause': {
      const halt: Halt = { reason: 'operator', detail: 'an operator paused this agent', at: context.clock.now() }
      halted(context, halt)
      context.tell({ kind: 'halt', halt })
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
    case 'tune':
      return tune(post, question)
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

function statusOf({ context, core, tally }: Post): AgentStatus {
  const { ledger, setup, watch } = core
  const engines = [...context.engines.keys()]
  const claims = [...ledger.settlements.values()].reduce((sum, one) => sum + one.claims.size, ledger.orphans.size)
  return {
    name: context.name,
    paper: context.paper,
    halt: watch.halt,
    reserved: ledger.reserved.size,
    claims,
    inFlight: inFlight(ledger),
    wealth: wealth(ledger),
    free: Object.fromEntries(engines.map((engine) => [engine, free(ledger, engine, wad(setup.capital.reserve))])),
    wins: tally.wins,
    peers: context.gossip.peers().length,
  }
}

/** What we wrote ourselves; damaged, it still means that somebody said stop. */
function haltIn(kept: string): Halt {
  const held: Partial<Record<string, unknown>> = JSON.parse(kept)
  const detail = String(held['detail'] ?? 'an earlier run was halted')
  const known = HALT_REASONS.find((reason) => reason === held['reason'])
  return { reason: known ?? 'operator', detail, at: instant(Number(held['at'] ?? 0)) }
}
