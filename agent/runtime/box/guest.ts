// The process of one packaged strategy. It reads frames from its input and answers on its output; it waits by blocking,
// for nothing else may happen here. Node's permission model holds its files and its children, the compartment its words.
import { readSync, writeSync } from 'node:fs'
import { confine, lockDown } from './confine.ts'
import { answersIn, type Decider, deciderOf } from './decider.ts'
import { readView } from './view-frame.ts'
import { FRAME, HEADER, headerOf, openReader, revived } from './words.ts'

const [INPUT, OUTPUT] = [0, 1]

function live(): void {
  lockDown(process.argv[2] ?? '')
  const read = openReader()
  const next = openInput()
  let decider: Decider | undefined
  for (let frame = next(); frame !== undefined; frame = next()) {
    const { kind } = headerOf(frame)
    const from = read(frame)
    if (kind === FRAME.ask) {
      const view = readView(from)
      say(attempt(() => answersIn(decider?.decide(view), view)))
    } else if (kind === FRAME.open) {
      const [source, params] = [String(from.told()), String(from.told())]
      say(
        attempt(() => {
          decider = deciderOf(confine(JSON.parse(source)), JSON.parse(params))
          return decider.introduction
        }),
      )
    } else if (kind === FRAME.tune) {
      const params: unknown = JSON.parse(String(from.told()))
      say(attempt(() => decider?.tune(params)))
    } else say(attempt(() => decider?.observe(JSON.parse(String(from.told()), revived))))
  }
}

/** Answers a value, or why there is none: never an exception. */
function attempt<T>(work: () => T): { readonly done: T } | { readonly failed: string } {
  try {
    return { done: work() }
  } catch (error) {
    return { failed: sentenceOf(error) }
  }
}

/** What was thrown may throw when it is asked. */
function sentenceOf(error: unknown): string {
  try {
    return `${error instanceof Error ? error.message : error}`.slice(0, 500)
  } catch {
    // Foreign code has the last word on what it throws, and this is ours.
    return 'it threw what cannot be told'
  }
}

/** One line per frame. */
function say(value: unknown): void {
  const line = Buffer.from(`${JSON.stringify(value)}\n`)
  for (let at = 0; at < line.length; ) at += writeSync(OUTPUT, line, at)
}

/** Whole frames, one after the other; undefined once the other side has gone. A copy each: a strategy may keep what it was shown. */
function openInput(): () => Uint8Array | undefined {
  let held = new Uint8Array(1 << 18)
  let [end, used] = [0, 0]
  const fill = (wanted: number): boolean => {
    if (held.length < wanted) {
      const larger = new Uint8Array(wanted * 2)
      larger.set(held.subarray(0, end))
      held = larger
    }
    while (end < wanted) {
      const read = readSync(INPUT, held, end, held.length - end, null)
      if (read === 0) return false
      end += read
    }
    return true
  }
  return () => {
    held.copyWithin(0, used, end)
    ;[end, used] = [end - used, 0]
    if (!fill(HEADER) || !fill(headerOf(held).length)) return undefined
    used = headerOf(held).length
    return held.slice(0, used)
  }
}

live()
