// A fault in one line: its name, its main value, then fields with their values, in any order.

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
    const word = waiting.shift() ?? ''
    const field = fieldOf(word, fields)
    const value = waiting.shift()
    if (field === undefined)
      return `${kind} takes no ${word}: it takes ${fields.join(', ')}, each followed by its value`
    if (value === undefined) return `${kind}: ${word} is not followed by its value`
    if (named.has(field)) return `${kind}: ${field} is said twice`
    named.set(field, value)
  }
  return { kind, ...Object.fromEntries(named) }
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
