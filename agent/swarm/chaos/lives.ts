// The agent's lives: one process after the other on the same journal, the next one loaded while this one lives.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { encode } from '../../adapters/store/codec.ts'
import type { Told } from './life.ts'

/** A line of the agent's log that the campaign looks at. */
export type Said = { readonly event: string; readonly code?: string; readonly detail?: string }

/** One process. */
export type Life = {
  readonly pid: number
  tell(told: Told): void
  kill(): void
  /** Ends it as an operator would. */
  stop(): void
  /** How it ended: its exit status, or the signal's name. */
  readonly ended: Promise<number | string>
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
  close(): void
}

/** Keeps one process loaded ahead. */
export function openLives(options: LivesOptions): Lives {
  const all = new Set<Life>()
  const load = (): Life => {
    const life = start(options)
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
    close: () => {
      for (const life of all) life.kill()
    },
  }
}

function start({ entry, said, log }: LivesOptions): Life {
  const child = spawn(process.execPath, ['--no-warnings', entry], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.write(`${line}\n`)
    if (line.startsWith('{')) said(JSON.parse(line))
  })
  child.stderr.on('data', (text: Buffer) => log.write(text))
  child.stdin.on('error', () => undefined) // It ended first: `ended` tells.
  return lifeOf(child)
}

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url))

function lifeOf(child: ChildProcess): Life {
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    child.once('error', (error) => resolve(error.message))
  })
  return {
    pid: child.pid ?? -1,
    tell: (told) => void child.stdin?.write(`${encode(told)}\n`),
    kill: () => void child.kill('SIGKILL'),
    stop: () => void child.kill('SIGTERM'),
    ended,
    alive: () => child.exitCode === null && child.signalCode === null,
  }
}
