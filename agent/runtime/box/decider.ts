// What a package exported, and what it answers, taken apart with care: whatever it says ends as numbers and texts.
import type { Quote, View } from '../../strategy.ts'
import type { Confined } from './confine.ts'
import { PLACE } from './view-frame.ts'
import { bigAsText } from './words.ts'

/**
 * One answer as it leaves the box: kind (take, postpone, skip), candidate and quote by their places in the view, fraction,
 * reason, and when to ask again.
 */
export type Said = readonly [
  kind: number,
  candidate: number,
  quote: number,
  fraction: number,
  reason: string,
  until: number,
]

/** Kinds of answers by their numbers. */
export const KINDS = ['take', 'postpone', 'skip'] as const
const NAMES: readonly string[] = KINDS

/** What a package says of itself. `params` as JSON with big integers as texts; `schema` as JSON Schema. */
export type Introduction = {
  readonly name: string
  readonly apiVersion: unknown
  readonly live: readonly string[]
  readonly issues: readonly string[]
  readonly schema: string
  /** Every parameter as it is read from nothing, as JSON; empty when some have no default. */
  readonly defaults: string
}

/** A packaged strategy with its parameters read. */
export type Decider = {
  readonly introduction: Introduction
  readonly decide: (view: View) => unknown
  /** Reads other parameters; they are in force when there are no issues. */
  readonly tune: (given: unknown) => Introduction
  readonly observe: (told: { readonly quote: unknown; readonly outcome: unknown }) => void
}

/** Throws a sentence when it is no strategy. */
export function deciderOf({ exported, z }: Confined, given: unknown): Decider {
  const strategy = exported['strategy'] ?? exported['default']
  if (!isBag(strategy)) throw new Error('exports no strategy')
  const { name, apiVersion, params: schema, decide, observe } = strategy
  if (typeof name !== 'string' || typeof decide !== 'function') throw new Error('exports no strategy')
  let params: unknown
  const tune = (given: unknown): Introduction => {
    const read = invoke(schema, 'safeParse', given)
    if (!isBag(read)) throw new Error('params is no schema')
    if (read['success'] === true) params = read['data']
    return {
      name: name.slice(0, 60),
      apiVersion,
      ...schemaOf(z, schema),
      issues: issuesOf(read),
      defaults: defaultsOf(schema),
    }
  }
  return {
    introduction: tune(given),
    tune,
    decide: (view) => decide(view, params),
    observe: ({ quote, outcome }) => typeof observe === 'function' && observe(quote, outcome, params),
  }
}

function schemaOf(z: unknown, schema: unknown): { readonly schema: string; readonly live: readonly string[] } {
  const text = JSON.stringify(invoke(z, 'toJSONSchema', schema, { io: 'input', unrepresentable: 'any' }) ?? {})
  const fields: unknown = JSON.parse(text)
  const properties = isBag(fields) && isBag(fields['properties']) ? fields['properties'] : {}
  const live = Object.entries(properties).flatMap(([key, value]) =>
    isBag(value) && value['live'] === true ? [key] : [],
  )
  return { schema: text, live }
}

function defaultsOf(schema: unknown): string {
  const read = invoke(schema, 'safeParse', {})
  return isBag(read) && read['success'] === true ? JSON.stringify(read['data'], bigAsText) : '{}'
}

function issuesOf(read: Bag): readonly string[] {
  const issues = isBag(read['error']) ? read['error']['issues'] : undefined
  if (!Array.isArray(issues)) return []
  return issues.slice(0, 10).map((issue: unknown) => {
    const [path, message] = isBag(issue) ? [issue['path'], issue['message']] : [[], 'refused']
    return `${Array.isArray(path) && path.length > 0 ? path.join('.') : 'params'}: ${String(message)}`
  })
}

/** Throws a sentence when an answer is none. Answers beyond one per candidate are nonsense, however many they are. */
export function answersIn(answers: unknown, view: View): readonly Said[] {
  if (!Array.isArray(answers)) throw new Error('answers no list')
  const { length } = answers
  const { candidates } = view
  if (length > candidates.length) throw new Error(`${length} answers to ${candidates.length} candidates`)
  return Array.from({ length }, (_, i) => saidOf(answers[i], candidates))
}

function saidOf(answer: unknown, candidates: View['candidates']): Said {
  if (!isBag(answer)) throw new Error('an answer is no object')
  const { kind, quote, reason, until } = answer
  const verdict = typeof kind === 'string' ? NAMES.indexOf(kind) : -1
  if (verdict < 0) throw new Error('an answer is neither take, postpone nor skip')
  if (!isQuote(quote)) throw new Error('an answer names no quote')
  const [nth, which] = quote[PLACE] ?? placeOf(quote, candidates)
  if (!(nth >= 0 && which >= 0)) throw new Error('an answer names a quote that its view does not hold')
  const again = typeof until === 'number' && Number.isFinite(until) ? until : 0
  return [verdict, nth, which, Number(quote.fraction), `${reason}`.slice(0, 200), again]
}

/** A copy is known by its names. */
function placeOf({ candidate: { id }, route }: Quote, candidates: View['candidates']): readonly [number, number] {
  const nth = candidates.findIndex(({ quotes }) => quotes[0]?.candidate.id === id)
  return [nth, candidates[nth]?.quotes.findIndex((one) => one.route.id === route.id) ?? -1]
}

type Bag = Readonly<Record<string, unknown>>
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null
type Placed = Quote & { readonly [PLACE]?: readonly [number, number] | undefined }
const isQuote = (value: unknown): value is Placed => isBag(value) && isBag(value['candidate']) && isBag(value['route'])

function invoke(on: unknown, name: string, ...args: readonly unknown[]): unknown {
  const method: unknown = isBag(on) ? on[name] : undefined
  return typeof method === 'function' ? method.apply(on, args) : undefined
}
