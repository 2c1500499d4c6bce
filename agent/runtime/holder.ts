// Who holds a seated strategy while the agent runs: it answers elsewhere, takes other parameters, and can be let go.
import type { Question, Reply } from '../core/apart.ts'
import type { Seat } from '../core/setup.ts'
import { usageError } from '../domain/errors.ts'
import type { Outcome, Quote } from '../domain/liquidation.ts'
import type { Emit } from './events.ts'

/** One seat and what can be done with it. */
export type Holder = {
  readonly seat: Seat
  /** Reads changed parameters; answers what the core shall decide by. Throws E_STRATEGY_PARAMS or E_STRATEGY_TUNE. */
  tune(changes: Changes): Promise<unknown>
  /** Shows a view to a strategy elsewhere. Never rejects. */
  ask(question: Question): Promise<Reply>
  observe(told: { readonly quote: Quote; readonly outcome: Outcome }): void
  close(): void
}

/** What a seat is told by: events, and what the core must know. */
export type Seating = {
  readonly emit: Emit
  readonly now: () => number
  /** A seat decides by other parameters from here on. */
  readonly tuned: (seat: string, params: unknown) => void
}

/** Under which name and budget a strategy sits. */
export type Terms = Pick<Seat, 'name' | 'budget'>

/** Parameters by name, as somebody wrote them. */
export type Changes = Readonly<Record<string, unknown>>

/** Says where parameters change while an agent runs. Throws E_STRATEGY_TUNE when one of them may not. */
export function refuseFixed(name: string, changes: Changes, live: readonly string[]): void {
  const fixed = Object.keys(changes).filter((key) => !live.includes(key))
  if (fixed.length === 0) return
  const which =
    live.length === 0 ? 'none of its parameters is' : `only ${live.join(', ')} ${live.length > 1 ? 'are' : 'is'}`
  throw usageError(
    'E_STRATEGY_TUNE',
    `${name}: ${fixed.join(', ')} cannot change while it runs; ${which} marked live`,
    'Change strategies[].params in the config and start the agent again.',
  )
}

/** The fields of a schema that are marked `.meta({ live: true })`. */
export function liveFields(schema: unknown): readonly string[] {
  const properties = isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {}
  return Object.entries(properties).flatMap(([key, field]) => (isObject(field) && field['live'] === true ? [key] : []))
}

const isObject = (value: unknown): value is Changes => typeof value === 'object' && value !== null
