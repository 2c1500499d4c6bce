// The agent's lives: one process after the other on the same journal, the next one loaded while this one lives.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { encode } from '../../adapters/store/codec.ts'
import type { Told } from './life.ts'
import { ENDED_AT } from './tripwire.ts'

/** A line of the agent's log that the campaign looks at. */
export type Said = { readonly event: string; readonly code?: string; readonly detail?: string }

/** One process. */
export type Life = {
  readonly pid: number
  tell(told: Told): void
  kill(): void
  /** Ends it as an operator would. */
  stop(): void
  /** How it ended: its exit status, or the signal's name. All that it said has been heard by then. */
  readonly ended: Promise<number | string>
  /** The point inside it at which it ended itself. */
  readonly endedAt: () => string | undefined
  /** The code of the error that it ended with. */
  readonly complaint: () => string | undefined
  readonly alive: () => boolean
}

export type LivesOptions = {
  /** The file that a life starts from. */
  readonly entry: string
  /** Told of everything that the living agent says. */
  readonly said: (line: Said) => void
  /** Where its words and its complaints are kept, for reading afterwards. */
  readonly log: Writable
}

export type Lives = {
  /** A process that has loaded everything and waits for its orders. */
  next(): Life
  /** How long (ms) the last processes took to load: what this machine is good for now. Undefined before the first. */
  readonly loading: () => number | undefined
  close(): void
}

/** Keeps one process loaded ahead. */
export function openLives(options: LivesOptions): Lives {
  const all = new Set<Life>()
  const loads: number[] = []
  const load = (): Life => {
    const began = performance.now()
    const life = start(options, () => loads.push(performance.now() - began))
    all.add(life)
    void life.ended.then(() => all.delete(life))
    return life
  }
  let waiting = load()
  return {
    next: () => {
      const life = waiting.alive() ? waiting : load()
      waiting = load()
      return life
    },
    loading: () => {
      const last = loads.slice(-RECENT)
      return last.length === 0 ? undefined : last.reduce((sum, one) => sum + one, 0) / last.length
    },
    close: () => {
      for (const life of all) life.kill()
    },
  }
}

/** What a process says once it is loaded. */
const WARM = 'warm'
/** Loads that the time of one is taken from. */
const RECENT = 3

function start({ entry, said, log }: LivesOptions, warm: () => void): Life {
  const child = spawn(process.execPath, ['--no-warnings', entry], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.write(`${line}\n`)
    if (line === WARM) warm()
    if (line.startsWith('{')) said(JSON.parse(line))
  })
  const last: Last = { point: undefined, code: undefined }
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith(ENDED_AT)) last.point = line.slice(ENDED_AT.length)
    last.code = /^E_\w+/.exec(line)?.[0] ?? last.code
    log.write(`${line}\n`)
  })
  child.stdin.on('error', () => undefined) // It ended first: `ended` tells.
  return lifeOf(child, last)
}

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url))

/** What it said last on standard error. */
type Last = { point: string | undefined; code: string | undefined }

function lifeOf(child: ChildProcess, last: Last): Life {
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    child.once('error', (error) => resolve(error.message))
  })
  return {
    pid: child.pid ?? -1,
    tell: (told) => void child.stdin?.write(`${encode(told)}\n`),
    kill: () => void child.kill('SIGKILL'),
    stop: () => void child.kill('SIGTERM'),
    ended,
    endedAt: () => last.point,
    complaint: () => last.code,
    alive: () => child.exitCode === null && child.signalCode === null,
  }
}
