// Owners of the agent's long-running tasks: none is forgotten, none outlives the agent.
import { LienmeshError } from '../domain/errors.ts'
import type { Millis } from '../domain/units.ts'
import { millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'

export type Tasks = {
  /** Runs a task until it ends; a failure that may pass is retried with growing pauses, any other stops the agent. */
  keep(name: string, task: (signal: AbortSignal) => Promise<void>): void
  /** Owns a promise that ends by itself; its failure is reported. */
  own(name: string, promise: Promise<unknown>): void
  /** Resolves when every task has ended. */
  settled(): Promise<void>
}

export type TaskWatch = {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Something failed and will be tried again. */
  readonly retried: (name: string, error: unknown) => void
  /** Something failed for good. */
  readonly failed: (name: string, error: unknown) => void
}

const FIRST_PAUSE = 200
const LONGEST_PAUSE = 5_000

export function createTasks(watch: TaskWatch): Tasks {
  const running = new Set<Promise<void>>()
  const hold = (promise: Promise<void>): void => {
    running.add(promise)
    void promise.finally(() => running.delete(promise))
  }
  return {
    keep(name, task) {
      hold(persist(name, task, watch))
    },
    own(name, promise) {
      hold(
        promise.then(
          () => undefined,
          (error: unknown) => {
            if (!watch.signal.aborted) watch.failed(name, error)
          },
        ),
      )
    },
    async settled() {
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}

async function persist(name: string, task: (signal: AbortSignal) => Promise<void>, watch: TaskWatch): Promise<void> {
  const { signal, clock } = watch
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await task(signal)
    } catch (error) {
      if (signal.aborted) return
      if (!retryable(error)) return watch.failed(name, error)
      watch.retried(name, error)
      await rest(clock, millis(pause), signal)
    }
  }
}

/** Sleeps, and ends quietly when the agent stops. */
export async function rest(clock: Clock, length: Millis, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(length, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const retryable = (error: unknown): boolean => error instanceof LienmeshError && error.remedy === 'retry'
