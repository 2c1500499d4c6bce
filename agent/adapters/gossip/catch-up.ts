// A newcomer's first minute: everything the peers keep, of up to three of them, in an order in which each thing can be verified.
import { setTimeout as wait } from 'node:timers/promises'
import type { PeerId } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import { type Attestation, type Kind, UNPREPARED, type Verdict } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import type { TrustBook } from '../../ports/gossip.ts'
import type { Exchange } from './exchange.ts'
import { askPage } from './sync.ts'

/** What was learned of whom. */
export type CaughtUp = {
  /** Peers that answered. */
  readonly peers: number
  /** Items that were news, by kind. */
  readonly learned: Readonly<Partial<Record<Kind, number>>>
  /** Items that did not verify. */
  readonly refused: number
  readonly millis: number
}

export type Newcomer = {
  readonly host: Libp2p
  readonly exchange: Exchange
  /** Verifies an item and hands it to the readers, outside of the budgets of gossip: we asked for it. */
  readonly admit: (kind: Kind, bytes: Uint8Array, peer: string) => Promise<Verdict>
  /** What was verified, or said by ourselves, before. */
  readonly knows: (bytes: Uint8Array) => boolean
  readonly signal: AbortSignal
}

/** Roots before what is proven against them, outcasts before what they signed. */
const ORDER: readonly Kind[] = ['evidence', 'status', 'attestation', 'header', 'price', 'state', 'claim']

/** Asks up to three peers. A peer that fails is left where it stopped, and the next one goes on from there. */
export async function catchUp(newcomer: Newcomer, peers: readonly PeerId[]): Promise<CaughtUp> {
  const began = performance.now()
  const session: Session = { answered: new Set(), learned: {}, refused: 0, patience: TRIES }
  for (const kind of ORDER) await learn(newcomer, session, kind, peers.slice(0, MOST_PEERS))
  const { answered, learned, refused } = session
  return { peers: answered.size, learned, refused, millis: performance.now() - began }
}

/** Peers asked: one may keep something back, three together hardly. */
const MOST_PEERS = 3

type Session = {
  readonly answered: Set<string>
  readonly learned: Partial<Record<Kind, number>>
  refused: number
  /** Times that a reader may still ask for another moment. */
  patience: number
}

async function learn(newcomer: Newcomer, session: Session, kind: Kind, peers: readonly PeerId[]): Promise<void> {
  for (const peer of peers) {
    let left = MOST_PAGES
    for (let page = await asked(newcomer, { kind, peer, after: '' }); page !== undefined && left > 0; left--)
      page = await take(newcomer, session, { kind, peer, page })
  }
}

type Turn = { readonly kind: Kind; readonly peer: PeerId; readonly page: Page }

/** Verifies a page while the next one travels, and hands out that. */
async function take(newcomer: Newcomer, session: Session, { kind, peer, page }: Turn): Promise<Page | undefined> {
  session.answered.add(peer.toString())
  const coming = page.last === undefined ? undefined : asked(newcomer, { kind, peer, after: page.last })
  const honest = await takeAll(newcomer, session, { kind, items: page.items, peer: peer.toString() })
  return honest ? coming : undefined
}

type Question = { readonly kind: Kind; readonly peer: PeerId; readonly after: string }

/** A page, or nothing: whatever ails this peer, the next one is asked. */
function asked(newcomer: Newcomer, { kind, peer, after }: Question): Promise<Page | undefined> {
  if (newcomer.signal.aborted) return Promise.resolve(undefined)
  const signal = AbortSignal.any([newcomer.signal, AbortSignal.timeout(PATIENCE)])
  return askPage({ ...newcomer, peer, signal }, kind, after).catch(() => undefined)
}

type Page = Awaited<ReturnType<typeof askPage>>

/** Milliseconds for one page, and how many of a kind one peer may send. */
const [PATIENCE, MOST_PAGES] = [5_000, 64] as const

type Batch = { readonly kind: Kind; readonly items: readonly Uint8Array[]; readonly peer: string }

/** False at the first thing that does not verify: an honest peer keeps only what did. */
async function takeAll(newcomer: Newcomer, session: Session, { kind, items, peer }: Batch): Promise<boolean> {
  const before = session.refused
  for (const item of items) {
    await takeOne(newcomer, session, { kind, item, peer })
    if (session.refused > before) return false
  }
  return true
}

type Item = { readonly kind: Kind; readonly item: Uint8Array; readonly peer: string }

async function takeOne(newcomer: Newcomer, session: Session, { kind, item, peer }: Item): Promise<void> {
  if (newcomer.knows(item)) return
  const verdict = await admitted(newcomer, session, { kind, item, peer })
  if (verdict.kind === 'accept') session.learned[kind] = (session.learned[kind] ?? 0) + 1
  else if (verdict.kind === 'reject') session.refused++
}

/** A reader that has not read its own node yet cannot judge an account: it is asked again. */
async function admitted({ admit, signal }: Newcomer, session: Session, { kind, item, peer }: Item): Promise<Verdict> {
  for (;;) {
    const verdict = await admit(kind, item, peer)
    const unprepared = verdict.kind === 'ignore' && verdict.reason === UNPREPARED
    if (!unprepared || session.patience-- <= 0 || signal.aborted) return verdict
    await wait(PAUSE, undefined, { signal }).catch(() => {}) // Only the signal ends the wait early.
  }
}

const [TRIES, PAUSE] = [60, 500] as const

/** Who is believed while catching up: whoever was before, and blocks that a threshold of attestors signed. */
export function createSessionTrust({ threshold }: Network, trust: TrustBook) {
  const signed = new Map<string, Set<string>>()
  const key = (chain: number, number: bigint, block: string): string => `${chain}:${number}:${block}`
  return {
    heard({ chain, number, hash: block, attestor }: Attestation): void {
      const place = key(chain, number, block)
      signed.set(place, (signed.get(place) ?? new Set()).add(attestor))
    },
    trust: {
      publisher: (address) => trust.publisher(address),
      attestor: (address) => trust.attestor(address),
      async trusted(chain, number, block) {
        const known = await trust.trusted(chain, number, block)
        if (known !== 'unknown') return known
        return (signed.get(key(chain, number, block))?.size ?? 0) >= threshold ? 'attested' : 'unknown'
      },
    } satisfies TrustBook,
  }
}
