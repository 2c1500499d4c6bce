// The side of the network: libp2p, the codec and every check of a signature or proof. It believes what the thread that
// decides believes, hands over what verified, and passes on to peers what was accepted there.
import type { Verdict, Verified } from '../../../domain/message.ts'
import { type Instant, instant } from '../../../domain/units.ts'
import type { Gossip, TrustBook } from '../../../ports/gossip.ts'
import { SHAPES, toBytes } from '../codec.ts'
import { type GossipOptions, joinGossip } from '../node.ts'
import type { Readers } from '../readers.ts'
import { type End, type Line, openLine } from './line.ts'
import { type Deciding, type Joining, type Networking, type Seen, toRecord, type Voices } from './protocol.ts'
import { openRing } from './ring.ts'
import { createSluice, type Sluice } from './sluice.ts'

/** Serves the network over a port, prices over a ring, until it is told to stop. */
export function serveNetwork(port: End, memory: SharedArrayBuffer, clock?: () => Instant): void {
  const leaving = new AbortController()
  const reading = Promise.withResolvers<void>()
  const sluice = createSluice(openRing(memory))
  const voices: { now: Voices } = { now: { publishers: [], attestors: [] } }
  let node: Gossip | undefined
  const joined = (): Gossip => {
    if (node === undefined) throw new Error('expected to have joined')
    return node
  }
  const line: Line<Deciding> = openLine<Deciding>(port, {
    async join({ ahead, voices: first, ...options }: Joining): Promise<Seen & { readonly peerId: string }> {
      voices.now = first
      const now = clock ?? (() => instant(Date.now() + ahead))
      const readers = elsewhere(line, sluice, reading.promise)
      const trust = trustIn(voices, line)
      node = await joinGossip({ ...options, ...told(line), trust, now, readers, signal: leaving.signal })
      keepTelling(node, line, leaving.signal)
      return { peerId: node.peerId, ...seen(node) }
    },
    publish: (kind, payload) => joined().publish(kind, payload),
    read: () => reading.resolve(),
    hear(now) {
      voices.now = now
    },
    ask: (provider, request, timeout) => joined().ask(provider, request, timeout),
    serve: () => joined().serve((request) => line.call('answer', request)),
    async stop() {
      leaving.abort()
      await node?.stop()
    },
  } satisfies Networking)
}

const told = (line: Line<Deciding>): Pick<GossipOptions, 'remember' | 'report'> => ({
  remember: (addresses) => line.tell('remember', addresses),
  report: (event) => line.tell('report', event),
})

function keepTelling(node: Gossip, line: Line<Deciding>, signal: AbortSignal): void {
  const looking = setInterval(() => line.tell('seen', seen(node)), LOOK)
  signal.addEventListener('abort', () => clearInterval(looking), { once: true })
}

/** Milliseconds between looks at how the node stands. */
const LOOK = 250

const seen = (gossip: Gossip): Seen => ({
  addresses: gossip.addresses,
  peers: gossip.peers(),
  rejected: gossip.stats().rejected,
})

const trustIn = (voices: { readonly now: Voices }, line: Line<Deciding>): TrustBook => ({
  publisher: (address) => includes(voices.now.publishers, address),
  attestor: (address) => includes(voices.now.attestors, address),
  trusted: (chain, number, hash) => line.call('believed', chain, number, hash),
})

const includes = (all: readonly string[], one: string): boolean =>
  all.some((other) => other.toLowerCase() === one.toLowerCase())

/** The readers of the other thread. */
const elsewhere = (line: Line<Deciding>, sluice: Sluice, read: Promise<void>): Readers => ({
  read,
  hear: (message) => (message.kind === 'price' ? priced(line, sluice, message) : line.call('judge', message)),
  messages: () => {
    throw new Error('expected the readers on the other thread')
  },
  close: () => sluice.close(),
})

/** A price takes the short way; one that is overtaken while the ring is full was never worth reading. */
function priced(line: Line<Deciding>, sluice: Sluice, { payload, peer }: Verified<'price'>): Promise<Verdict> {
  const { id, answer } = line.expect<Verdict>()
  const record = toRecord({ id, peer, wire: toBytes(SHAPES.price, payload) })
  sluice.send(`${payload.engine}:${payload.publisher}`, record, () => line.settle(id, LATE))
  return answer
}

const LATE: Verdict = { kind: 'ignore', reason: 'queue-full' }
