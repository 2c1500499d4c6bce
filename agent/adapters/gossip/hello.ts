// A handshake: who connects is asked at once for the status that its agent signed. It names the peer id and a key that is bonded
// or not; a copy of somebody else's names another peer. When strangers have taken their places, whoever cannot answer goes.
import type { Connection, PeerId } from '@libp2p/interface'
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
  const answered = async (who: PeerId, patience: number): Promise<boolean> => {
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(patience)])
    try {
      const answers = askExchange(host, exchange, { who, question: Buffer.of(0) }, waiting)
      for await (const status of answers) await learn(status, who.toString())
      return true
    } catch {
      return !waiting.aborted // It speaks another protocol: it stays the stranger that it was.
    }
  }
  const ask = async ({ remotePeer, direction }: Connection): Promise<void> => {
    const said = await answered(remotePeer, PATIENCE)
    const inTheWay = direction === 'inbound' && !bonded(remotePeer.toString()) && crowded()
    if (signal.aborted || (said && !inTheWay)) return
    if (!inTheWay) return void (await answered(remotePeer, 5 * PATIENCE))
    refused('strangers')
    await host.hangUp(remotePeer).catch(() => {}) // A connection that fails to close in order is aborted by libp2p.
  }
  host.addEventListener('connection:open', ({ detail }) => void ask(detail), { signal })
}

/** Milliseconds to say who one is; where there is room, who is slow is asked once more and given more time. */
const PATIENCE = 2_000
