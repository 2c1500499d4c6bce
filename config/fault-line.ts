// A fault in one line: its name, its main value, then fields with their values, in any order.
import { nearest } from './nearest.ts'

/** What stands for a field in a line, besides its name. */
const SYNONYMS: Readonly<Record<string, string>> = { from: 'to', between: 'on', and: 'to', with: 'to' }

/** A line as the object that a file would have, or what is wrong with it. `fieldsOf` answers a fault's fields or a complaint. */
export function rawOf(line: string, fieldsOf: (kind: string) => readonly string[] | string): object | string {
  const [first = '', ...rest] = tokensOf(line)
  const kind = first.toLowerCase().replaceAll('-', '_')
  const fields = fieldsOf(kind)
  if (typeof fields === 'string') return fields
  const named = new Map<string, string>()
  const [main = ''] = fields
  const waiting = [...rest]
  if (waiting[0] !== undefined && fieldOf(waiting[0], fields) === undefined) named.set(main, waiting.shift() ?? '')
  while (waiting.length > 0) {
    const wrong = take(waiting, fields, named)
    if (wrong !== undefined) return `${kind}${wrong}`
  }
  return { kind, ...Object.fromEntries(named) }
}

/** Takes one field with its value off the words that wait; answers what is wrong with them. */
function take(waiting: string[], fields: readonly string[], named: Map<string, string>): string | undefined {
  const word = waiting.shift() ?? ''
  const bare = isWhom(word, { fields, named, next: waiting[0] })
  const field = bare ? 'on' : fieldOf(word, fields)
  const value = bare ? word : waiting.shift()
  if (field === undefined) return unknownField(word, fields)
  if (value === undefined) return `: ${word} is not followed by its value`
  if (named.has(field)) return `: ${field} is said twice`
  named.set(field, value)
  return undefined
}

/** Whom it is about may stand without its word, behind the main value: `crash house-1`, `loss 10% house`. */
function isWhom(word: string, { fields, named, next }: Reading): boolean {
  const free = fields.includes('on') && !named.has('on') && fieldOf(word, fields) === undefined
  return free && (next === undefined || fieldOf(next, fields) !== undefined)
}

type Reading = {
  readonly fields: readonly string[]
  readonly named: ReadonlyMap<string, string>
  readonly next: string | undefined
}

function unknownField(word: string, fields: readonly string[]): string {
  const near = nearest(word, fields)
  const hint = near === undefined ? '' : ` – did you mean ${near}?`
  return ` takes no ${word}${hint || `: it takes ${fields.join(', ')}, each followed by its value`}`
}

/** Fields that are written with their name. */
const NAMED: ReadonlySet<string> = new Set(['on', 'to', 'at', 'for', 'by', 'chain'])

function fieldOf(word: string, fields: readonly string[]): string | undefined {
  if (fields.includes(word)) return word
  const meant = SYNONYMS[word]
  return meant !== undefined && fields.includes(meant) ? meant : undefined
}

/** Words, with a number and its unit as one, and so a list with spaces behind its commas. */
function tokensOf(line: string): readonly string[] {
  return line
    .trim()
    .replaceAll(/ *, */g, ',')
    .replaceAll(/(^| )([+-]?\d+(?:\.\d+)?) +(%|gwei|[KM]?B\/s|\/s|ms|s|m|h|d)(?= |$)/g, '$1$2$3')
    .split(/\s+/)
}

const SECOND = 1_000

/** A fault as one line that reads back as the same fault. */
export function lineOf(fault: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fault).flatMap(([field, value], i) => {
    if (field === 'kind' || value === undefined) return []
    if (field === 'at' && value === 0) return []
    if ((field === 'jitter' || field === 'after') && value === 0 && i > 1) return []
    const text = textOf(String(fault['kind']), field, value)
    if (text === 'all') return []
    return [i === 1 && !NAMED.has(field) ? text : `${field} ${text}`]
  })
  return [String(fault['kind']), ...parts].join(' ')
}

function textOf(kind: string, field: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'bigint') return `${Number(value) / 1e9}gwei`
  const number = Number(value)
  if (field === 'share' || field === 'move') return `${field === 'move' && number > 0 ? '+' : ''}${number / 100}%`
  if (field === 'rate') return `${number}${kind === 'bandwidth' ? 'B' : ''}/s`
  if (field === 'offset') return `${number > 0 ? '+' : ''}${spanText(number)}`
  if (['delay', 'jitter', 'at', 'for', 'after'].includes(field)) return spanText(number)
  return String(value)
}

/** A span of milliseconds in seconds where that is shorter. */
const spanText = (span: number): string => (span % SECOND === 0 ? `${span / SECOND}s` : `${span}ms`)
