// Child processes that never outlive this one: not after a clean stop, not after an interrupt, not after kill -9.
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, createWriteStream } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { invariantBroken } from '../domain/errors.ts'
import { type ProcessRecord, type RunDirectory, startOf } from './run-directory.ts'

/** What to start. `log` is a file name below the run's `logs`; lines of standard output also go to `onLine`. */
export type Spawning = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly onLine?: (line: string) => void
}

/** A started child. `exited` resolves with its code, or its signal's name. */
export type Child = {
  readonly name: string
  readonly pid: number
  readonly exited: Promise<number | string>
  alive(): boolean
  signal(kind: NodeJS.Signals): void
  /** Writes one line to its standard input. */
  tell(line: string): void
}

/** The children of one run. */
export type Processes = {
  start(spawning: Spawning): Child
  all(): readonly Child[]
  /** Asks the named children to end, waits, then ends them. Children that already ended are no error. */
  stop(children: readonly Child[], grace: number): Promise<void>
  /** Stops all. Nothing starts after it. */
  end(grace: number): Promise<void>
}

/** Opens the process table of a run: every start is on record there before the call returns. */
export function openProcesses(run: RunDirectory): Processes {
  const children: Child[] = []
  const records: ProcessRecord[] = []
  let ended = false
  return {
    start(spawning) {
      if (ended) throw invariantBroken(`${spawning.name} was to start in a run that ended`, { run: run.id })
      const child = launch(run, spawning)
      children.push(child)
      const earlier = records.findIndex(({ name }) => name === child.name)
      if (earlier >= 0) records.splice(earlier, 1)
      records.push({ name: child.name, pid: child.pid, started: startOf(child.pid) ?? '' })
      run.update({ processes: [...records] })
      return child
    },
    all: () => children,
    stop,
    end(grace) {
      ended = true
      return stop(children, grace)
    },
  }
}

/** The arguments that run one of our own TypeScript (or, once built, JavaScript) entries with this Node. */
export function entry(name: string): readonly string[] {
  const suffix = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return [fileURLToPath(new URL(`./${name}${suffix}`, import.meta.url))]
}

function launch(run: RunDirectory, spawning: Spawning): Child {
  const [command, ...args] = mortal([spawning.command, ...spawning.args])
  const child = spawn(command, args, {
    cwd: spawning.cwd ?? run.path,
    env: { ...process.env, ...spawning.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const log = createWriteStream(run.file('logs', `${spawning.name}.log`), { flags: 'a', mode: 0o600 })
  child.stderr.pipe(log, { end: false })
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.write(`${line}\n`)
    spawning.onLine?.(line)
  })
  child.stdin.on('error', () => undefined) // it ended first: `exited` tells
  return handle(spawning.name, child)
}

function handle(name: string, child: ChildProcess): Child {
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    child.once('error', (error) => resolve(error.message))
  })
  return {
    name,
    pid: child.pid ?? -1,
    exited,
    alive: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    signal: (kind) => void child.kill(kind),
    tell: (line) => void child.stdin?.write(`${line}\n`),
  }
}

async function stop(children: readonly Child[], grace: number): Promise<void> {
  const alive = children.filter((child) => child.alive())
  for (const child of alive) child.signal('SIGTERM')
  const all = Promise.all(alive.map((child) => child.exited))
  const patience = new AbortController()
  await Promise.race([all, sleep(grace, undefined, { signal: patience.signal }).catch(() => undefined)])
  patience.abort()
  for (const child of alive) if (child.alive()) child.signal('SIGKILL')
  await all
}

/** The command, tied to our life: by the kernel's death signal where `setpriv` sets it, else by a guard process. */
function mortal(command: readonly string[]): [string, ...string[]] {
  if (SETPRIV !== undefined) return [SETPRIV, '--pdeathsig', 'KILL', ...command]
  return [process.execPath, ...entry('guard'), ...command]
}

const SETPRIV = process.platform === 'linux' ? onPath('setpriv') : undefined

function onPath(program: string): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program))
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
