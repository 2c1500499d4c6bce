// Scenarios are drawn beside the thread that decides, in one worker that is started when first needed.
import { Worker } from 'node:worker_threads'
import type { ScenarioSpec, Table } from '../core/risk/words.ts'

export type Drawer = {
  /** Draws what is asked for; the answer comes as an input. */
  draw(spec: ScenarioSpec): void
}

export type Drawing = {
  readonly drawn: (table: Table) => void
  /** The worker died; the next question starts another. */
  readonly failed: (error: unknown) => void
  readonly signal: AbortSignal
}

/** The worker keeps no table: its memory is what drawing one takes. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 }

/** A drawer whose worker ends with the signal. */
export function createDrawer({ drawn, failed, signal }: Drawing): Drawer {
  let worker: Worker | undefined
  const start = (): Worker => {
    const started = new Worker(new URL('./scenario-worker.ts', import.meta.url), { resourceLimits: LIMITS })
    started.unref()
    started.on('message', drawn)
    started.on('error', (error) => {
      worker = undefined
      if (!signal.aborted) failed(error)
    })
    return started
  }
  signal.addEventListener('abort', () => void worker?.terminate(), { once: true })
  return {
    draw(spec) {
      if (signal.aborted) return
      worker ??= start()
      worker.postMessage(spec)
    },
  }
}
