import type { Kind } from '../../domain/message.ts'
import type { GossipStats } from '../../ports/gossip.ts'
import type { Refused } from './gate.ts'
import { KINDS } from './topics.ts'
import type { Reason } from './verify.ts'

/** What a node counts since its start. Reasons carry their kind: 'price:high-s'. */
export type Counters = {
  readonly accepted: (kind: Kind) => void
  readonly dropped: (kind: Kind, reason: Reason) => void
  readonly published: (kind: Kind) => void
  /** Somebody was not let in. */
  readonly refused: (reason: Refused | 'other-network' | 'stream-broken' | 'silent' | 'broken-frame') => void
  readonly latency: (at: number, millis: number) => void
  readonly read: () => GossipStats
}

/** Zero everywhere. Of latencies the newest `window` are kept. */
export function createCounters(window = 8_192): Counters {
  const received = zeros()
  const published = zeros()
  const rejected: Record<string, number> = {}
  const priceLatency: { readonly at: number; readonly millis: number }[] = []
  return {
    accepted: (kind) => void received[kind]++,
    published: (kind) => void published[kind]++,
    dropped(kind, reason) {
      const label = `${kind}:${reason}`
      rejected[label] = (rejected[label] ?? 0) + 1
    },
    refused(reason) {
      const label = `connection:${reason}`
      rejected[label] = (rejected[label] ?? 0) + 1
    },
    latency(at, millis) {
      priceLatency.push({ at, millis })
      if (priceLatency.length >= 2 * window) priceLatency.splice(0, window)
    },
    read: () => ({
      received: { ...received },
      rejected: { ...rejected },
      published: { ...published },
      priceLatency: priceLatency.slice(-window),
    }),
  }
}

const zeros = (): Record<Kind, number> => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>
