// The process behind `swarm up --keep`: plays the scenario, tells its starter until the judgement, stays until ended.
import { Writable } from 'node:stream'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import type { Kept, Told } from './keep.ts'
import { play } from './play.ts'

const ending = new AbortController()
let judged = false
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => ending.abort(new Error('ended')))
process.on('disconnect', () => {
  if (!judged) ending.abort(new Error('the starter is gone'))
})

const tell = (told: Told): void => {
  if (process.connected) process.send?.(told)
}
const out = new Writable({
  write(chunk, _encoding, done) {
    tell({ kind: 'line', text: String(chunk) })
    done()
  },
})

try {
  const kept: Kept = JSON.parse(process.argv[2] ?? '{}')
  await play({
    ...kept,
    out,
    signal: ending.signal,
    judged(status) {
      judged = true
      tell({ kind: 'judged', status })
    },
  })
} catch (error) {
  const known = error instanceof LienmeshError ? error : undefined
  const message = error instanceof Error ? error.message : String(error)
  const fix = known?.fix ?? 'This is a defect: report it with the run directory.'
  tell({ kind: 'failed', code: known?.code ?? 'E_UNEXPECTED', message, fix, exit: known?.exit ?? EXIT.failure })
}
process.exit()
