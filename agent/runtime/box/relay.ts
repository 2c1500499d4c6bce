// The thread beside one that waits: it opens a box, shows it views, and writes what it says where the other reads.
import { parentPort, workerData } from 'node:worker_threads'
import { BUDGET, openBox } from './box.ts'
import { readView } from './view-frame.ts'
import { tellWaiting } from './waited.ts'
import { openReader } from './words.ts'

const { shared, source, params } = workerData as { shared: SharedArrayBuffer; source: string; params: string }
const read = openReader()
const box = openBox({ source, params, budget: BUDGET, now: Date.now, ended: () => {} })
parentPort?.on('message', (frame: Uint8Array) => {
  const view = readView(read(frame))
  // Chance was drawn by whoever waits: the first word of the frame says which.
  const [seed = 0] = new Float64Array(frame.buffer, frame.byteOffset + 16, 1)
  void box.ask(view, seed).then((heard) => tellWaiting(shared, heard))
})
box.ready.then(
  (introduction) => parentPort?.postMessage({ introduction }),
  (error: unknown) => parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) }),
)
