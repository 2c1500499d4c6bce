// Whether a loop still takes its inputs: a process that answers is not yet one that decides.
import type { Desk } from '../view/desk.ts'

/** Watches a loop. `stuck` says why it is not alive. */
export type Progress = { readonly stuck: () => string | undefined; readonly stop: () => void }

const LOOK_EVERY = 1_000
/** Milliseconds without a step while inputs wait. */
const PATIENCE = 10_000

/** Starts watching; nothing to watch is alive. */
export function watchProgress(progress: Desk['progress']): Progress {
  if (progress() === undefined) return { stuck: () => undefined, stop: () => undefined }
  let [taken, since] = [-1, performance.now()]
  const timer = setInterval(() => {
    const now = progress()
    if (now === undefined || now.waiting === 0 || now.taken !== taken) since = performance.now()
    taken = now?.taken ?? taken
  }, LOOK_EVERY)
  timer.unref()
  return {
    stuck: () => {
      const still = performance.now() - since
      return still > PATIENCE
        ? `the loop has taken nothing for ${Math.round(still / 1_000)} s, ${progress()?.waiting ?? 0} inputs wait`
        : undefined
    },
    stop: () => clearInterval(timer),
  }
}
