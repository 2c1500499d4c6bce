// What it costs to ask a packaged strategy in its own process, against asking it here.
// node test/bench/plugin.ts
import { Worker } from 'node:worker_threads'
import { BUDGET, openBox } from '../../agent/runtime/box/box.ts'
import { bodyOf, zodModules } from '../../agent/runtime/box/source.ts'
import type { Answer, View } from '../../agent/strategy.ts'
import { viewWith } from '../support/views.ts'

const CODE = `import { API_VERSION, defineStrategy, z } from 'lienmesh/strategy'
export const strategy = defineStrategy({
  name: 'timed',
  apiVersion: API_VERSION,
  params: z.strictObject({}),
  decide: (view) => view.candidates.flatMap(({ quotes }) => {
    const best = quotes.reduce((top, quote) => (top && top.net >= quote.net ? top : quote), undefined)
    return best === undefined ? [] : [{ kind: best.net > 0n ? 'take' : 'skip', quote: best, reason: 'pays for its gap' }]
  }),
})`

const decide = (view: View): Answer[] =>
  view.candidates.flatMap(({ quotes }): Answer[] => {
    const best = quotes.reduce((top, quote) => (top.net >= quote.net ? top : quote))
    return [{ kind: best.net > 0n ? 'take' : 'skip', quote: best, reason: 'pays for its gap' }]
  })

const ROUNDS = 4_000
const source = JSON.stringify({ code: bodyOf(CODE), ...zodModules() })
const began = performance.now()
const ended = (why: string): void => say('ended', why)
const budget = { ...BUDGET, time: 1_000 }
const box = openBox({ source, params: '{}', budget, now: () => Date.now(), ended })
await box.ready
say('ready after', `${Math.round(performance.now() - began)} ms`)
for (const size of [0, 10, 50]) {
  const views = Array.from({ length: 8 }, (_, i) => (size === 0 ? nothing() : viewWith(size, 2_390 + i)))
  const quotes = views[0]?.candidates.reduce((sum, one) => sum + one.quotes.length, 0) ?? 0
  const [apart, here]: [number[], number[]] = [[], []]
  // In turns, so that a busy machine is busy for both.
  for (let round = 0; round < ROUNDS; round++) {
    const view = views[round % views.length] ?? nothing()
    const start = performance.now()
    const heard = await box.ask(view, round)
    apart.push(performance.now() - start)
    if ('failed' in heard) throw new Error(heard.failed)
    const then = performance.now()
    if (decide(view).length !== heard.said.length) throw new Error('the two disagree')
    here.push(performance.now() - then)
  }
  say(`${size} candidates, ${quotes} quotes, apart`, figures(apart))
  say(`${size} candidates, ${quotes} quotes, here`, figures(here))
}
box.close()
say('a thread woken by Atomics, nothing said', figures(await threadPings()))

function nothing(): View {
  return { ...viewWith(1), candidates: [] }
}

/** The floor of shared memory, which only threads have: no boundary, for comparison. */
async function threadPings(): Promise<readonly number[]> {
  const words = new Int32Array(new SharedArrayBuffer(8))
  const code = `const { workerData: w } = require('node:worker_threads')
for (let n = 1; ; n++) { while (Atomics.load(w, 0) < n) Atomics.wait(w, 0, n - 1); Atomics.store(w, 1, n); Atomics.notify(w, 1) }`
  const worker = new Worker(code, { eval: true, workerData: words })
  const times: number[] = []
  for (let n = 1; n <= ROUNDS; n++) {
    const start = performance.now()
    Atomics.store(words, 0, n)
    Atomics.notify(words, 0)
    const waiting = Atomics.waitAsync(words, 1, n - 1)
    if (waiting.async) await waiting.value
    times.push(performance.now() - start)
  }
  await worker.terminate()
  return times
}

function figures(times: readonly number[]): string {
  const sorted = times.slice(times.length / 8).sort((a, b) => a - b)
  const at = (share: number): string => `${Math.round(1_000 * (sorted[Math.floor(share * sorted.length)] ?? 0))} us`
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}`
}

function say(what: string, found: string): void {
  process.stdout.write(`${what.padEnd(44)} ${found}\n`)
}
