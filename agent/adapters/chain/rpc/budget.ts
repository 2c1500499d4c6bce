// A rate budget of one endpoint: a token bucket in which money goes first and watching never takes the last tokens.

/** Requests per second, and how many at once. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** Grants requests. */
export type Budget = {
  /** Resolves when the request may go out; undefined when it may at once. */
  take(urgent: boolean): Promise<void> | undefined
  /** The endpoint asked for fewer: nothing but refills from here. */
  drain(): void
}

/** The share of the burst that only urgent requests may use. */
const RESERVE = 0.25

/** A bucket that starts full. `now` in ms of a monotonic clock. */
export function tokenBucket({ perSecond, burst }: Rate, now: () => number = () => performance.now()): Budget {
  const urgent: (() => void)[] = []
  const ordinary: (() => void)[] = []
  let tokens = burst
  let filled = now()
  let timer: NodeJS.Timeout | undefined
  const refill = () => {
    const at = now()
    tokens = Math.min(burst, tokens + ((at - filled) * perSecond) / 1_000)
    filled = at
  }
  const least = (isUrgent: boolean) => 1 + (isUrgent ? 0 : Math.floor(burst * RESERVE))
  const serve = () => {
    timer = undefined
    refill()
    for (const [queue, need] of [
      [urgent, least(true)],
      [ordinary, least(false)],
    ] as const) {
      while (queue.length > 0 && tokens >= need) {
        tokens--
        queue.shift()?.()
      }
      if (queue.length > 0) return wait(need)
    }
  }
  const wait = (need: number) => {
    timer ??= setTimeout(serve, Math.max(1, ((need - tokens) * 1_000) / perSecond))
  }
  return {
    take: (isUrgent) => {
      refill()
      const queue = isUrgent ? urgent : ordinary
      const free = queue.length === 0 && (isUrgent || urgent.length === 0)
      if (free && tokens >= least(isUrgent)) {
        tokens--
        return undefined
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      queue.push(resolve)
      if (isUrgent) {
        clearTimeout(timer)
        timer = undefined
      }
      wait(least(isUrgent))
      return promise
    },
    drain: () => {
      refill()
      tokens = Math.min(tokens, 0)
    },
  }
}
