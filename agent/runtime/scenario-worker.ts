// The thread that draws scenarios: a specification comes in, its table goes out without being copied.
import { parentPort } from 'node:worker_threads'
import { drawTable } from '../core/risk/draw.ts'
import type { ScenarioSpec } from '../core/risk/words.ts'

parentPort?.on('message', (spec: ScenarioSpec) => {
  const table = drawTable(spec)
  const { weights, moves, delays, stalled } = table.scenarios
  const buffers = [weights, moves, delays, stalled].flatMap(({ buffer }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  )
  parentPort?.postMessage(table, buffers)
})
