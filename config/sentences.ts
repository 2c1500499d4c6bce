// What must hold, as sentences: every form there is, read and written by one table.
import { slips } from './nearest.ts'

/** The fields of an assertion as a file would write them. */
export type Raw = Readonly<Record<string, unknown>>

/** The fields that a sentence states, or the nearest sentence that would have been one. */
export function readSentence(said: string): Raw | { readonly nearest: string } {
  const words = wordsOf(said)
  for (const form of FORMS) {
    const found = match(form, words)
    if (found !== undefined) return { kind: form.kind, ...form.fixed, ...found }
  }
  return { nearest: nearestSentence(words) }
}

/** The sentence for the fields of an assertion. */
export function sentenceFor(raw: Raw): string {
  const form = FORMS.find((one) => fits(one, raw))
  if (form === undefined) return Object.values(raw).flat().join(' ')
  return form.words.map((word) => (typeof word === 'string' ? word : spoken(raw[word.slot]))).join(' ')
}

/** Every form of sentence with its slots named, by kind: for the reference. */
export const sentenceForms = (): readonly {
  readonly kind: string
  readonly form: string
  readonly example: string
}[] =>
  FORMS.map(({ kind, words }) => ({
    kind,
    form: words.map((word) => (typeof word === 'string' ? word : `<${word.slot}>`)).join(' '),
    example: words.map((word) => (typeof word === 'string' ? word : SLOTS[word.type].example)).join(' '),
  }))

type SlotType = 'count' | 'share' | 'dollars' | 'time' | 'mode' | 'end' | 'name' | 'names'
type Slot = { readonly slot: string; readonly type: SlotType }
type Form = { readonly kind: string; readonly words: readonly (string | Slot)[]; readonly fixed: Raw }

const MODE = /^(isolated|cross|unified)$/
const NAME = /^[a-z0-9][a-z0-9-]*$/

const SLOTS: Readonly<Record<SlotType, { readonly like: RegExp; readonly example: string }>> = {
  count: { like: /^\d+$/, example: '3' },
  share: { like: /^\d+(\.\d+)?%$/, example: '80 %' },
  dollars: { like: /^\d+(\.\d+)?USD$/, example: '5000 USD' },
  time: { like: /^\d+(\.\d+)?(ms|s|m|h|d)$/, example: '60s' },
  mode: { like: MODE, example: 'unified' },
  end: { like: /^(opened|repaid|enforced)$/, example: 'repaid' },
  name: { like: NAME, example: 'house-3' },
  names: { like: /^[a-z0-9][a-z0-9-]*(,[a-z0-9][a-z0-9-]*)*$/, example: 'vault-2' },
}

/** `{least:count}` is a slot; everything else is said as it stands. The first form that fits is the one that is written. */
const FORMS: readonly Form[] = [
  form('bad-debt', 'no bad debt', { most: '0 USD' }),
  form('bad-debt', 'bad debt at most {most:dollars}'),
  form('fell', 'at least {least:count} accounts fall'),
  form('fell', 'at least {least:count} {mode:mode} accounts fall'),
  form('fell', 'at least {least:count} accounts with options fall', { options: true }),
  form('liquidated', 'nobody is liquidated', { most: 0 }),
  form('liquidated', 'at least {least:count} liquidated'),
  form('liquidated', 'at most {most:count} liquidated'),
  form('in-time', 'at least {least:share} before negative equity'),
  form('refused', 'at least {least:count} refused for the gap'),
  form('settlements', 'at least {least:count} settlements by state proof', { road: 'state-proof' }),
  form('settlements', 'at least {least:count} settlements by liquidity service', { road: 'liquidity-service' }),
  form('settlements', 'at least {least:count} settlements on {route:name}'),
  form('winners', 'at least {least:count} different winners'),
  form('winners', 'at least {least:count} different winners of {of:name}'),
  form('restored', '{account:name} is restored'),
  form('lines', 'at least {least:count} credit lines {end:end}'),
  form('backed', 'the backers lose nothing'),
  form('redeemed', 'every claim redeemed'),
  form('redeemed', 'every claim but on {but:names} redeemed'),
  form('closed', 'every settlement closed within {within:time}'),
  form('closed', 'every settlement on {route:name} closed within {within:time}'),
  form('credited', 'every deposit credited within {within:time}'),
  form('resumes', '{agent:name} resumes its settlements'),
  form('mesh', 'mesh degree at least {least:count} within {within:time}'),
  form('isolated', 'no route but {but:names} is affected'),
  form('tripped', '{route:name} is tripped'),
  form('slashed', '{agent:name} is slashed'),
  form('slashed-only', 'nobody but {but:names} is slashed'),
  form('loss', 'loss at most its cap', { most: 'cap' }),
  form('loss', 'loss on {route:name} at most its cap', { most: 'cap' }),
  form('loss', 'loss on {route:name} at most {most:dollars}'),
  form('withdrawn', 'every depositor withdraws in full'),
  form('withdrawn', 'every depositor but on {but:names} withdraws in full'),
  form('silence', 'no bid between {from:time} and {to:time}'),
  form('compare', '{mode:mode} liquidates no more than {than:mode}', { of: 'liquidations' }),
  form('compare', '{mode:mode} leaves no more bad debt than {than:mode}', { of: 'bad-debt' }),
  form('compare', '{mode:mode} leaves less capital idle than {than:mode}', { of: 'idle' }),
  form('learned', 'every agent without logs finds at least {least:count}'),
  form('conserved', 'value conserved'),
  form('conserved', 'value conserved but on {but:names}'),
  form('alive', 'every agent alive'),
]

function form(kind: string, text: string, fixed: Raw = {}): Form {
  const words = text.split(' ').map((word) => {
    const [, slot, type] = /^\{(\w+):(\w+)\}$/.exec(word) ?? []
    return slot === undefined ? word : { slot, type: type as SlotType }
  })
  return { kind, words, fixed }
}

/** Quantities lose their space and lists their spaces: every slot is one word. */
const wordsOf = (said: string): readonly string[] =>
  said
    .trim()
    .replace(/(\d) (%|USD\b)/g, '$1$2')
    .replace(/ ?, ?/g, ',')
    .split(/\s+/)

function match({ words: wanted }: Form, words: readonly string[]): Raw | undefined {
  if (wanted.length !== words.length) return undefined
  const found: Record<string, unknown> = {}
  for (const [i, want] of wanted.entries()) {
    const word = words[i] ?? ''
    if (typeof want === 'string' ? want !== word.toLowerCase() : !SLOTS[want.type].like.test(word)) return undefined
    if (typeof want !== 'string') found[want.slot] = valueIn(want.type, word)
  }
  return found
}

function valueIn(type: SlotType, word: string): unknown {
  if (type === 'count') return Number(word)
  return type === 'names' ? word.split(',') : word
}

function fits({ kind, words, fixed }: Form, raw: Raw): boolean {
  const slots = words.flatMap((word) => (typeof word === 'string' ? [] : [word.slot]))
  const known = ['kind', ...slots, ...Object.keys(fixed)]
  return (
    raw['kind'] === kind &&
    slots.every((slot) => raw[slot] !== undefined) &&
    Object.entries(fixed).every(([key, value]) => raw[key] === value) &&
    Object.keys(raw).every((key) => known.includes(key))
  )
}

const spoken = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : String(value).replace(/^(\d+(?:\.\d+)?)(%|USD)$/, '$1 $2')

/** The form that takes the fewest changes, with the words that were said where they fit. */
function nearestSentence(words: readonly string[]): string {
  const all = FORMS.map((one) => align(one.words, words, words.length))
  return all.reduce((best, one) => (one.cost < best.cost ? one : best)).said
}

type Aligned = { readonly cost: number; readonly said: string }

/** What a form is from the words said: each of its words is kept, changed or added, and words too many are dropped. */
function align(wanted: readonly (string | Slot)[], words: readonly string[], given: number): Aligned {
  let row: readonly Aligned[] = Array.from({ length: given + 1 }, (_, i) => ({ cost: i, said: '' }))
  for (const want of wanted) {
    const next: Aligned[] = []
    for (let i = 0; i <= given; i++) {
      const missing = extend(row[i], 1, exampleOf(want))
      const taken = i === 0 ? missing : extend(row[i - 1], ...heard(want, words[i - 1] ?? ''))
      const dropped = i === 0 ? missing : { cost: (next[i - 1]?.cost ?? 0) + 1, said: next[i - 1]?.said ?? '' }
      next.push([missing, dropped].reduce((best, one) => (one.cost < best.cost ? one : best), taken))
    }
    row = next
  }
  return row[given] ?? { cost: Number.POSITIVE_INFINITY, said: '' }
}

const extend = (before: Aligned | undefined, cost: number, word: string): Aligned => ({
  cost: (before?.cost ?? 0) + cost,
  said: `${before?.said ?? ''} ${word}`.trim(),
})

/** What it costs to hear a word as the wanted one, and the word then. */
function heard(want: string | Slot, word: string): readonly [number, string] {
  if (typeof want === 'string') return [(2 * slips(word, want)) / Math.max(word.length, want.length), want]
  return SLOTS[want.type].like.test(word) ? [0.1, spoken(word)] : [0.9, exampleOf(want)]
}

const exampleOf = (want: string | Slot): string => (typeof want === 'string' ? want : SLOTS[want.type].example)
