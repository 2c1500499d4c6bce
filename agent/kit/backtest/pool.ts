// Plays the tasks of a plan on so many threads. The answer is the same with one thread and with eight.
import { Worker } from 'node:worker_threads'
import type { Played } from '../../simulator/backtest/run.ts'
import type { Plan, Spec, Task } from './plan.ts'
import { openPlayer } from './player.ts'

export type Work = {
  readonly plan: Plan
  readonly lineups: readonly (readonly Spec[])[]
  readonly tasks: readonly Task[]
  readonly jobs: number
  readonly signal: AbortSignal
  readonly onPlayed: (played: Played, task: Task, done: number) => void
}

/** Results in the order of the tasks. Rejects with what a strategy or a file is wrong with, or when it is aborted. */
export async function playAll({ plan, lineups, tasks, jobs, signal, onPlayed }: Work): Promise<readonly Played[]> {
  await openPlayer(plan, lineups)
  const results: Played[] = []
  let [next, done] = [0, 0]
  const threads = Array.from({ length: Math.min(jobs, tasks.length) }, () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { plan, lineups } })
    return new Promise<void>((resolve, reject) => {
      let current: number | undefined
      const stop = (): void => void worker.terminate().then(() => reject(signal.reason))
      signal.addEventListener('abort', stop, { once: true })
      worker.once('error', reject)
      worker.on('message', (message: Played | 'ready') => {
        if (message !== 'ready' && current !== undefined) {
          results[current] = message
          const task = tasks[current]
          if (task !== undefined) onPlayed(message, task, ++done)
        }
        current = next++
        if (current < tasks.length) return worker.postMessage(tasks[current])
        signal.removeEventListener('abort', stop)
        return void worker.terminate().then(() => resolve())
      })
    })
  })
  await Promise.all(threads)
  return results
}
