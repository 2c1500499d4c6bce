// A handshake: who connects is asked at once for the status that its agent signed. It names the peer id and a key that is bonded
// or not; a copy of somebody else's names another peer. When strangers have taken their places, whoever cannot answer goes.
import type { Connection } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import { askExchange, type Exchange, serveExchange } from './exchange.ts'
import type { Refused } from './gate.ts'
import { TOPICS } from './topics.ts'

export type Greeting = {
  readonly host: Libp2p
  readonly prefix: string
  /** The last status of our own agent, as bytes. */
  readonly own: () => Uint8Array | undefined
  /** Verifies a status like any other, and learns who its author is. */
  readonly learn: (status: Uint8Array, peer: string) => Promise<unknown>
  readonly bonded: (peer: string) => boolean
  /** Whether strangers have more than their places. */
  readonly crowded: () => boolean
  readonly refused: (reason: Refused) => void
  readonly signal: AbortSignal
}

/** Answers with our own status, and asks everybody who connects for theirs. */
export async function greet({ host, prefix, own, learn, bonded, crowded, refused, signal }: Greeting): Promise<void> {
  const exchange: Exchange = {
    ...{ protocol: `${prefix}/hello`, maxQuestion: 16, maxAnswer: TOPICS.status.maxSize, timeout: PATIENCE },
  }
  await serveExchange(host, exchange, async function* () {
    const status = own()
    if (status !== undefined) yield status
  })
  const ask = async ({ remotePeer, direction }: Connection): Promise<void> => {
    const peer = remotePeer.toString()
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
    try {
      const answers = askExchange(host, exchange, { who: remotePeer, question: Buffer.of(0) }, waiting)
      for await (const status of answers) await learn(status, peer)
    } catch {
      // It speaks another protocol, or not at all: it stays the stranger that it was.
    }
    if (signal.aborted || direction === 'outbound' || bonded(peer) || !crowded()) return
    refused('strangers')
    await host.hangUp(remotePeer).catch(() => {}) // A connection that fails to close in order is aborted by libp2p.
  }
  host.addEventListener('connection:open', ({ detail }) => void ask(detail), { signal })
}

/** Milliseconds to say who one is. */
const PATIENCE = 2_000
