// The voice of a swarm: numbered steps with durations, then a line per event. With --json every line is an object.
import { appendFileSync } from 'node:fs'
import type { Writable } from 'node:stream'

/** Prints progress. Times of events are wall seconds since the market's opening. */
export type Console = {
  /** A step that is about to take time; its line comes when it ends. */
  step<T>(title: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T>
  /** A line outside steps. */
  note(text: string): void
  /** An event of the market: when, who, what. */
  event(at: number, who: string, what: string, fields?: Readonly<Record<string, unknown>>): void
  /** The last word on one assertion, for machines: people read it in the tables. */
  verdict(verdict: Judged): void
  /** The last word: tables for people, one object for machines. */
  close(lines: readonly string[], summary: object): void
}

/** An assertion at the end. */
type Judged = { readonly claim: string; readonly holds: boolean; readonly found: string }

/** Opens the voice of one run. */
export function openConsole(out: Writable, json: boolean): Console {
  let steps = 0
  const write = (line: string): void => void out.write(`${line}\n`)
  const say = (text: string, object: object): void => write(json ? JSON.stringify(object) : text)
  return {
    async step(title, work, detail) {
      const number = ++steps
      const started = performance.now()
      if (!json) write(`[${number}] ${title} ...`)
      const result = await work()
      const seconds = (performance.now() - started) / 1000
      const found = detail?.(result) ?? ''
      say(`[${number}] ${title.padEnd(10)} ${found.padEnd(58)} ${seconds.toFixed(1)} s`, {
        type: 'step',
        step: number,
        title,
        detail: found,
        seconds,
      })
      return result
    },
    note: (text) => say(text, { type: 'note', text }),
    event(at, who, what, fields) {
      const clock = `${at < 0 ? '-' : '+'}${(Math.abs(at) / 1000).toFixed(1)}s`
      say(`${clock.padStart(7)}  ${who.padEnd(10)} ${what}`, { type: 'event', at, who, what, ...fields })
    },
    verdict(verdict) {
      if (json) write(JSON.stringify({ type: 'assertion', ...verdict }))
    },
    close(lines, summary) {
      if (!json) for (const line of lines) write(line)
      write(JSON.stringify(summary))
    },
  }
}

/** The same voice, and a line of the run's own log for everything it says. */
export function onRecord(console: Console, file: string): Console {
  const keep = (event: string, fields: object): void =>
    appendFileSync(file, `${JSON.stringify({ level: 'info', time: Date.now(), event, ...fields })}\n`, { mode: 0o600 })
  return {
    ...console,
    note(text) {
      keep('swarm:note', { text })
      console.note(text)
    },
    event(at, who, what, fields) {
      // What processes say stands in their own logs.
      if (OWN.has(who)) keep(`${who}:said`, { at, what, ...fields })
      console.event(at, who, what, fields)
    },
  }
}

/** Who speaks for the run itself. */
const OWN: ReadonlySet<string> = new Set(['swarm', 'fault', 'hand', 'guardian', 'market'])
