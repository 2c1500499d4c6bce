// Flatten: bid no more, wait until everything is home, end. Until then it can be taken back.
import { setTimeout as rest } from 'node:timers/promises'
import type { Order, OrderDone } from './view/desk.ts'

/** How one agent is reached. */
export type Reach = {
  readonly ask: (word: 'pause' | 'resume' | 'stop') => Promise<unknown>
  /** Bids and claims that are not settled. */
  readonly left: () => Promise<number>
}

/** Hands on the orders to one agent. */
export type Flattener = { readonly give: (order: Order, reach: Reach) => Promise<OrderDone> }

const LOOK_EVERY = 500

/** One per agent: it remembers whether the agent is being flattened. */
export function flattener(): Flattener {
  let flattening: AbortController | undefined
  const stop = (): void => {
    flattening?.abort()
    flattening = undefined
  }
  return {
    async give(order, reach) {
      stop()
      if (order === 'resume') {
        await reach.ask('resume')
        return { state: 'bidding', undo: 'pause' }
      }
      await reach.ask('pause')
      if (order === 'pause') return { state: 'paused', undo: 'resume' }
      const mine = new AbortController()
      flattening = mine
      void untilHome(reach, mine.signal)
      return { state: 'flattening', undo: 'resume' }
    },
  }
}

async function untilHome({ ask, left }: Reach, signal: AbortSignal): Promise<void> {
  try {
    // A moment to take it back even when nothing is left to wait for.
    await rest(GRACE, undefined, { signal })
    while ((await left()) > 0) await rest(LOOK_EVERY, undefined, { signal })
    if (!signal.aborted) await ask('stop')
  } catch {
    // Taken back, or the agent is gone: either way there is nothing left to end.
  }
}

/** Milliseconds in which a flatten of an agent with nothing under way can be taken back. */
const GRACE = 8_000
