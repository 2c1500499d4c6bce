// What the network did for us, in numbers a summary can add up.
import type { GossipStats } from '../ports/gossip.ts'

/** Counters and delivery percentiles; raw samples since `from` as [wall time, milliseconds] pairs. */
export function describeGossip(stats: GossipStats, from: number): Readonly<Record<string, unknown>> {
  const { received, published, rejected, priceLatency } = stats
  const delays = priceLatency.map(({ millis }) => millis).sort((a, b) => a - b)
  return {
    messages: Object.values(received).reduce((sum, n) => sum + n, 0),
    received,
    published,
    rejected,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    samples: priceLatency.filter(({ at }) => at >= from).map(({ at, millis }) => [at, millis]),
  }
}

/** The value below which a share of sorted values lies; undefined without any. */
export const percentile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
