// A box that is waited for: simulations decide in one thread, so the process is asked by another while this one sleeps.
import { Worker } from 'node:worker_threads'
import { bps, instant } from '../../domain/units.ts'
import type { View } from '../../strategy.ts'
import { type Answer, API_VERSION, type Strategy, z } from '../../strategy.ts'
import type { Heard } from './box.ts'
import { type Introduction, KINDS, type Said } from './decider.ts'
import { writeView } from './view-frame.ts'
import { FRAME, openWriter } from './words.ts'

/** What is shared with the thread: whether it has answered, how long the answer is, and the answer. */
const [STATE, LENGTH] = [0, 1]
const ROOM = 4 << 20

/** A packaged strategy that decides when it is called. Throws a sentence when the package is none. */
export async function waitedFor(
  source: string,
  given: unknown,
): Promise<{ readonly strategy: Strategy<unknown>; readonly introduction: Introduction }> {
  const shared = new SharedArrayBuffer(8 + ROOM)
  const worker = new Worker(new URL('./relay.ts', import.meta.url), {
    workerData: { shared, source, params: JSON.stringify(given) },
  })
  worker.unref()
  const introduction = await new Promise<Introduction>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (told: { readonly introduction: Introduction } | { readonly failed: string }) =>
      'failed' in told ? reject(new Error(told.failed)) : resolve(told.introduction),
    )
  })
  const writer = openWriter()
  let seed = 0
  const decide = (view: View): readonly Answer[] => {
    seed = Math.floor(view.random() * 2 ** 32)
    writeView(writer, view, seed)
    const heard = answerTo(worker, shared, writer.done(FRAME.ask))
    if ('failed' in heard) throw new Error(heard.failed)
    return heard.said.flatMap((one) => answerOf(one, view) ?? [])
  }
  return { introduction, strategy: { name: introduction.name, apiVersion: API_VERSION, params: z.unknown(), decide } }
}

function answerTo(worker: Worker, shared: SharedArrayBuffer, frame: Uint8Array): Heard {
  const state = new Int32Array(shared, 0, 2)
  Atomics.store(state, STATE, 0)
  worker.postMessage(frame)
  Atomics.wait(state, STATE, 0)
  const told: Heard = JSON.parse(
    new TextDecoder().decode(new Uint8Array(shared, 8, Atomics.load(state, LENGTH)).slice()),
  )
  return told
}

/** The other end: writes an answer and wakes who waits. */
export function tellWaiting(shared: SharedArrayBuffer, heard: Heard): void {
  const state = new Int32Array(shared, 0, 2)
  const text = new TextEncoder().encode(JSON.stringify(heard))
  new Uint8Array(shared, 8).set(text.subarray(0, ROOM))
  Atomics.store(state, LENGTH, text.length)
  Atomics.store(state, STATE, 1)
  Atomics.notify(state, STATE)
}

/** An answer about the quotes of a view. */
export function answerOf([verdict, nth, which, fraction, reason, until]: Said, view: View): Answer | undefined {
  const kind = KINDS[verdict]
  const quote = view.candidates[nth]?.quotes[which]
  if (kind === undefined || quote === undefined) return undefined
  const asked = { ...quote, fraction: bps(fraction) }
  return kind === 'postpone' ? { kind, quote: asked, until: instant(until), reason } : { kind, quote: asked, reason }
}
