// Loaded before a process of a swarm: moves its wall clock by what a file says, while it runs. Monotonic time stays true.
import { readFileSync, watchFile } from 'node:fs'

const file = process.env['SWARM_CLOCK_OFFSET'] ?? ''
let offset = 0
const read = (): void => {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0
  } catch {
    offset = 0 // No file, no fault.
  }
}

if (file !== '') {
  read()
  watchFile(file, { interval: 200, persistent: false }, read)
  const True = globalThis.Date
  const now = (): number => True.now() + offset
  globalThis.Date = new Proxy(True, {
    construct: (target, args, fresh) => Reflect.construct(target, args.length === 0 ? [now()] : args, fresh),
    apply: () => new True(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
}
