// A network of agents of which only the publishers are left: their batches arrive as lines on standard input.

import type { PriceBatch } from '../../domain/market.ts'
import type { Verified } from '../../domain/message.ts'
import type { Instant } from '../../domain/units.ts'
import type { Gossip, GossipStats } from '../../ports/gossip.ts'

/** Gossip without a transport. What is published goes nowhere; `hear` takes what a publisher signed. */
export function lineGossip(now: () => Instant): Gossip & { hear(batches: readonly PriceBatch[]): void } {
  let waiting: Verified[] = []
  let wake = (): void => undefined
  return {
    peerId: 'nobody',
    addresses: [],
    hear: (batches) => {
      const receivedAt = now()
      // Only the newest prices matter to somebody who has not listened meanwhile.
      waiting = batches.map((payload) => ({ kind: 'price', payload, peer: 'publishers', receivedAt }))
      wake()
    },
    publish: async () => undefined,
    async *messages(judge, signal) {
      signal.addEventListener('abort', () => wake(), { once: true })
      while (!signal.aborted) {
        const message = waiting.shift()
        if (message !== undefined) {
          if (judge(message).kind === 'accept') yield message
        } else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
    ask: async () => ({ kind: 'declined', reason: 'nobody is here' }),
    serve: () => undefined,
    peers: () => [{ id: 'publishers', address: '', topics: ['price'], mesh: ['price'], score: 0 }],
    stats: () => SILENT,
    stop: async () => undefined,
  }
}

const NONE = { price: 0, header: 0, attestation: 0, state: 0, claim: 0, evidence: 0, status: 0 }
const SILENT: GossipStats = { received: NONE, rejected: {}, published: NONE, priceLatency: [] }
