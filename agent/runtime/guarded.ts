// The owner's own code in our own process: it is not foreign, but it may loop, and it may reach for what it should not.
import { Script } from 'node:vm'
import { withoutAuthority } from './authority.ts'
import type { Seating } from './holder.ts'

/** Milliseconds after which a decision is cut short: everything else waits meanwhile. */
const LONGEST = 250
/** Decisions cut short within an hour after which it is not asked again. */
const STRIKES = 3
const HOUR = 3_600_000
/** Decisions at the start that are watched for clocks, chance and the network. */
const WATCHED = 20

/** Runs work of one strategy. Throws a sentence when it took too long, or once too often. */
export function guarded(name: string, { emit, now }: Seating): <T>(work: () => T) => T {
  const strikes: number[] = []
  let left = WATCHED
  return (work) => {
    if (strikes.length >= STRIKES) throw new Error(`${name} took too long ${STRIKES} times; it is not asked again`)
    try {
      if (left === 0) return within(LONGEST, work)
      left--
      const touched: string[] = []
      const done = withoutAuthority(touched, () => within(LONGEST, work))
      if (touched.length > 0) {
        left = 0
        const uses = [...new Set(touched)].join(', ')
        emit('alarm', { code: 'W_STRATEGY_IMPURE', detail: `${name} uses ${uses}: a replay will decide otherwise` })
      }
      return done
    } catch (error) {
      if (!isTimeout(error)) throw error
      strikes.splice(0, strikes.length, ...strikes.filter((at) => at > now() - HOUR), now())
      emit('strategy:killed', {
        strategy: name,
        reason: `it took more than ${LONGEST} ms`,
        disabled: strikes.length >= STRIKES,
      })
      throw new Error(`${name} took more than ${LONGEST} ms`)
    }
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** V8 ends a script that runs too long, and with it whatever it called. */
function within<T>(milliseconds: number, work: () => T): T {
  let done: { readonly value: T } | undefined
  Reflect.set(globalThis, SLOT, () => {
    done = { value: work() }
  })
  try {
    CALL.runInThisContext({ timeout: milliseconds })
  } finally {
    Reflect.deleteProperty(globalThis, SLOT)
  }
  if (done === undefined) throw new Error('it ended without an answer')
  return done.value
}

const SLOT = Symbol.for('lienmesh.guarded')
const CALL = new Script("globalThis[Symbol.for('lienmesh.guarded')]()")
