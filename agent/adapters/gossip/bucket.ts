// A token bucket per key: what a stranger may make us do per second.

export type Buckets = { readonly spend: (key: string, at: number, limit: Limit, cost?: number) => boolean }
/** Tokens per second, and how many may be saved up. */
export type Limit = { readonly rate: number; readonly burst: number }

/** The same limit, so many times. */
export const times = ({ rate, burst }: Limit, factor: number): Limit => ({ rate: rate * factor, burst: burst * factor })

/** Buckets that start full. When more than `capacity` keys are in use the oldest are forgotten. */
export function createBuckets(capacity = 4_096): Buckets {
  const levels = new Map<string, { tokens: number; at: number }>()
  return {
    spend(key, at, { rate, burst }, cost = 1) {
      const level = levels.get(key) ?? { tokens: burst, at }
      const tokens = Math.min(burst, level.tokens + (Math.max(0, at - level.at) * rate) / 1_000)
      const granted = tokens >= cost
      levels.delete(key)
      levels.set(key, { tokens: granted ? tokens - cost : tokens, at })
      if (levels.size > capacity) forgetOldest(levels)
      return granted
    },
  }
}

function forgetOldest(levels: Map<string, unknown>): void {
  for (const key of levels.keys()) return void levels.delete(key)
}
