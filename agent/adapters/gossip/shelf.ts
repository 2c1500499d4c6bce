// What this node can hand to a newcomer: the newest verified message of everybody, as the bytes that were gossiped.
import { hash } from 'node:crypto'
import { culprit, type Kind, type Payloads } from '../../domain/message.ts'

/** Some of the shelf in order of key: `last` is where to go on, undefined when nothing is left. */
export type Page = { readonly items: readonly Uint8Array[]; readonly last: string | undefined }

type Said<K extends Kind> = { readonly kind: K; readonly payload: Payloads[K] }

export type Shelf = {
  readonly keep: <K extends Kind>(statement: Said<K>, bytes: Uint8Array) => void
  /** Items of a kind with keys after `after`, up to `limit` of them and about `bytes` in all. */
  readonly page: (kind: Kind, after: string, limit: number) => Page
  /** Whether exactly these bytes lie here. */
  readonly has: (bytes: Uint8Array) => boolean
}

type Item = {
  readonly id: string
  readonly bytes: Uint8Array
  readonly newness: bigint
  readonly block: string | undefined
}

/** An empty shelf. What a kept state is proven against is kept as long as the state. */
export function createShelf(): Shelf {
  const shelves = new Map<Kind, Map<string, Item>>()
  const ids = new Set<string>()
  const of = (kind: Kind): Map<string, Item> => {
    const known = shelves.get(kind) ?? new Map<string, Item>()
    shelves.set(kind, known)
    return known
  }
  const needed = (): ReadonlySet<string> => new Set([...of('state').values()].flatMap(({ block }) => block ?? []))
  return {
    keep(statement, bytes) {
      const { key, ...place } = placeOf(statement)
      const items = of(statement.kind)
      const held = items.get(key)
      if (held !== undefined && held.newness > place.newness) return
      const item = { id: idOf(bytes), bytes, ...place }
      const gone = items.size > 1.25 * CAPACITY[statement.kind] ? thin(items, CAPACITY[statement.kind], needed()) : []
      for (const { id } of held === undefined ? gone : [held, ...gone]) ids.delete(id)
      items.set(key, item)
      ids.add(item.id)
    },
    page(kind, after, limit) {
      const keys = [...of(kind).keys()].filter((key) => key > after).sort()
      const items: Uint8Array[] = []
      let total = 0
      for (const key of keys) {
        const bytes = of(kind).get(key)?.bytes ?? new Uint8Array()
        if (items.length >= limit || total + bytes.length > MAX_PAGE) break
        items.push(bytes)
        total += bytes.length
      }
      return { items, last: items.length < keys.length ? keys[items.length - 1] : undefined }
    },
    has: (bytes) => ids.has(idOf(bytes)),
  }
}

/** Most items of a kind. States are some kilobytes each, the rest a few hundred bytes. */
const CAPACITY: { readonly [K in Kind]: number } = {
  price: 256,
  header: 1_024,
  attestation: 4_096,
  state: 4_096,
  claim: 2_048,
  evidence: 256,
  status: 512,
}

/** Bytes of one page; a single item is never larger. */
const MAX_PAGE = 524_288

/** Forgets the oldest down to the capacity, except blocks that a state is proven against. */
function thin(items: Map<string, Item>, capacity: number, needed: ReadonlySet<string>): readonly Item[] {
  const oldest = [...items].sort(([, a], [, b]) => (a.newness < b.newness ? -1 : 1))
  const spare = oldest.filter(([, { block }]) => block === undefined || !needed.has(block))
  const gone = spare.slice(0, items.size - capacity)
  for (const [key] of gone) items.delete(key)
  return gone.map(([, item]) => item)
}

const idOf = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64')

type Place = { readonly key: string; readonly newness: bigint; readonly block: string | undefined }

const placeOf = <K extends Kind>({ kind, payload }: Said<K>): Place => PLACES[kind](payload)

/** Under which key something is found, what replaces it, and which block it belongs to. Keys sort as their numbers do. */
const PLACES: { readonly [K in Kind]: (payload: Payloads[K]) => Place } = {
  price: ({ engine, publisher, sequence }) => newest(`${engine}:${publisher}`, BigInt(sequence)),
  header: ({ chain, number }) => ({ ...newest(`${chain}:${digits(number)}`, number), block: `${chain}:${number}` }),
  attestation: ({ chain, number, attestor }) => ({
    ...newest(`${chain}:${digits(number)}:${attestor}`, number),
    block: `${chain}:${number}`,
  }),
  state: ({ engine, account, version, number }) => ({
    ...newest(`${engine}:${account}`, (version << 64n) | number),
    block: `${engine}:${number}`,
  }),
  claim: ({ chain, vault, kind, beneficiary, collateral, cumulative }) =>
    newest(`${chain}:${vault}:${kind}:${beneficiary}:${collateral}`, cumulative),
  evidence: (evidence) => newest(culprit(evidence), 0n),
  status: ({ agent, sequence }) => newest(agent, BigInt(sequence)),
}

const newest = (key: string, newness: bigint): Place => ({ key: key.toLowerCase(), newness, block: undefined })

const digits = (number: bigint): string => number.toString().padStart(20, '0')
