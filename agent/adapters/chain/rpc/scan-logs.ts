// Logs straight from the bytes of an answer. Of most of them only the account matters that they name first, and taking that
// from its place costs a fraction of parsing them. The places are those of the first log: an answer that is not written
// like it throughout is not read here at all.
import type { Hex } from 'viem'

/** What is asked of the logs: where they may come from, and the first topics that only name an account. */
export type Sought = {
  readonly addresses: readonly string[]
  readonly touching: Iterable<string>
  readonly from: number
  readonly to: number
}

/** Accounts (40 digits in lower case) that were only named, and the text of every other log, in order. */
export type Scan = { readonly touched: readonly string[]; readonly others: readonly string[] }

/** A reader of answers: undefined where an answer has to be parsed. */
export function logScanner({ addresses, touching, from, to }: Sought): (body: Buffer, id: number) => Scan | undefined {
  const places = addresses.map(wordsOf)
  const topics = [...touching].map(wordsOf)
  return (body, id) => {
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    const named = createNames(body, view)
    const only = (log: Places): boolean => {
      const number = numberAt(body, log.number)
      const known = number >= from && number <= to && isOneOf(view, log.address, places)
      return known && isOneOf(view, log.topics, topics) && named.add(log.topics + DIGITS)
    }
    const others = scan({ body, view }, id, only)
    return others && { touched: named.all(), others }
  }
}

/** The text of every log that `only` does not take; undefined where the answer is not written as expected. */
function scan({ body, view }: Answer, id: number, only: (log: Places) => boolean): readonly string[] | undefined {
  const head = wordsOf(`{"jsonrpc":"2.0","id":${id},"result":[`)
  if (!matches(view, 0, head)) return undefined
  let at = head.length
  const others: string[] = []
  if (body[at] === CLOSE) return ends(body, at) ? others : undefined
  const layout = layoutOf(body, at)
  if (layout === undefined) return undefined
  const log: Places = { address: 0, topics: 0, number: 0 }
  for (;;) {
    const start = at
    at = end({ body, view }, at, layout, log)
    if (at < 0) return undefined
    if (!only(log)) others.push(body.toString('utf8', start, at))
    if (body[at] !== COMMA) return ends(body, at) ? others : undefined
    at++
  }
}

/** The bytes of an answer, one by one and four by four. */
type Answer = { readonly body: Buffer; readonly view: DataView }

const [COMMA, CLOSE, BRACE, QUOTE] = [0x2c, 0x5d, 0x7d, 0x22] as const

/** The list ends, the answer ends, and nothing follows but the end of a line. */
const ends = (body: Buffer, at: number): boolean => /^\]\}\s*$/.test(body.toString('latin1', at, at + 8))

/** A field: what stands before its value, and how the value is written. */
type Field = { readonly before: Words; readonly what: What; readonly close: number; length: number }
type What = 'address' | 'hash' | 'hex' | 'number' | 'topics' | 'word'

const KNOWN: Readonly<Record<string, What>> = {
  address: 'address',
  topics: 'topics',
  data: 'hex',
  blockHash: 'hash',
  blockNumber: 'number',
  blockTimestamp: 'hex',
  transactionHash: 'hash',
  transactionIndex: 'hex',
  logIndex: 'hex',
  removed: 'word',
}

/** What a value begins with. A log that was removed is not read here. */
const OPENS = { address: '"0x', hash: '"0x', hex: '"0x', number: '"0x', topics: '["0x', word: 'false' } as const

/** The fields of the first log, in its order. Undefined where one is not known, or one that is needed is missing. */
function layoutOf(body: Buffer, at: number): readonly Field[] | undefined {
  const first = parsed(body.toString('utf8', at, body.indexOf('}', at) + 1))
  if (first === undefined) return undefined
  const fields: Field[] = []
  for (const name of Object.keys(first)) {
    const what = KNOWN[name]
    if (what === undefined) return undefined
    const before = wordsOf(`${fields.length === 0 ? '{' : ','}"${name}":${OPENS[what]}`)
    fields.push({ before, what, close: what === 'topics' ? CLOSE : QUOTE, length: 0 })
  }
  const complete = ['address', 'topics', 'number'].every((needed) => fields.some(({ what }) => what === needed))
  return complete ? fields : undefined
}

function parsed(text: string): object | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? found : undefined
  } catch {
    return undefined // Then the answer is for a parser to refuse.
  }
}

/** Where the digits of a log begin. */
type Places = { address: number; topics: number; number: number }

/** The place after a log: first as if its values were as long as the last one's. */
function end(answer: Answer, start: number, layout: readonly Field[], log: Places): number {
  const at = follow(answer, start, layout, log)
  return at < 0 ? follow(answer, start, unlearned(layout), log) : at
}

/** The place after a log that is written like the first; -1 where it is not. Digits are looked at where they are used. */
function follow({ body, view }: Answer, start: number, layout: readonly Field[], log: Places): number {
  let at = start
  for (const field of layout) {
    const { before, what } = field
    if (!matches(view, at, before)) return -1
    at += before.length
    if (what === 'address') log.address = at
    else if (what === 'topics') log.topics = at
    else if (what === 'number') log.number = at
    if (what !== 'word') at = past(body, at, field)
    if (at < 0) return -1
  }
  return body[at] === BRACE ? at + 1 : -1
}

/** The same fields, without what the last log's values looked like. */
function unlearned(layout: readonly Field[]): readonly Field[] {
  for (const field of layout) field.length = 0
  return layout
}

/** The place after a value: first looked for where the last one of its field ended. */
function past(body: Buffer, from: number, field: Field): number {
  const { what, close } = field
  let at = from
  if (what === 'address') at += ADDRESS
  else if (what === 'hash') at += DIGITS
  else if (body[from + field.length] === close && field.length > 0) at += field.length
  else for (const end = Math.min(body.length, from + LONGEST); at < end && body[at] !== close; ) at++
  field.length = at - from
  return body[at] === close ? at + 1 : -1
}

const [ADDRESS, DIGITS] = [40, 64] as const
/** Digits of data that are walked; longer ones are parsed. */
const LONGEST = 4_096

/** Accounts that were named, each once. */
function createNames(body: Buffer, view: DataView) {
  const known = new Map<number, Words>()
  const all: string[] = []
  return {
    all: (): readonly string[] => all,
    /** Whether the second topic is an account; it is known from now on. */
    add(at: number): boolean {
      const from = at + PADDING.length
      if (!matches(view, at, PADDING) || body[from + ADDRESS] !== QUOTE) return false
      const key = numberOf(body, from + ADDRESS - KEY, KEY)
      const same = known.get(key)
      if (same !== undefined && matches(view, from, same)) return true
      const digits = body.toString('latin1', from, from + ADDRESS)
      if (!/^[0-9a-f]{40}$/.test(digits)) return false
      known.set(key, wordsOf(digits))
      if (same === undefined || !all.includes(digits)) all.push(digits)
      return true
    },
  }
}

const PADDING = wordsOf(`","0x${'0'.repeat(24)}`)
/** Digits of an account that it is looked up by: as many as a double holds. */
const KEY = 13

/** A height; -1 for what is none. */
function numberAt(body: Buffer, at: number): number {
  let length = 0
  while (length <= KEY && body[at + length] !== QUOTE) length++
  return length === 0 || length > KEY ? -1 : numberOf(body, at, length)
}

/** So many digits as a number; -1 where one is none. */
function numberOf(body: Buffer, at: number, length: number): number {
  let number = 0
  for (let i = at; i < at + length; i++) {
    const code = body[i] ?? 0
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1
    if (digit < 0) return -1
    number = number * 16 + digit
  }
  return number
}

function isOneOf(view: DataView, at: number, all: readonly Words[]): boolean {
  for (const one of all) if (matches(view, at, one)) return true
  return false
}

/** Text as words of four bytes, and what is left of it. */
type Words = { readonly words: Int32Array; readonly rest: Uint8Array; readonly length: number }

function wordsOf(text: string): Words {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'))
  const whole = bytes.length & ~3
  const view = new DataView(bytes.buffer)
  const words = Int32Array.from({ length: whole / 4 }, (_, i) => view.getInt32(4 * i, true))
  return { words, rest: bytes.subarray(whole), length: bytes.length }
}

function matches(view: DataView, start: number, { words, rest, length }: Words): boolean {
  if (start + length > view.byteLength) return false
  let at = start
  for (let i = 0; i < words.length; i++, at += 4) if (view.getInt32(at, true) !== words[i]) return false
  for (let i = 0; i < rest.length; i++, at++) if (view.getUint8(at) !== rest[i]) return false
  return true
}

/** An address or a hash as its digits in lower case. */
export const digitsOf = (address: Hex): string => address.slice(2).toLowerCase()
