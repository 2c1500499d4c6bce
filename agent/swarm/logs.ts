// lienmesh swarm logs: what the processes of the newest run wrote.
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hear } from '../console/chronicle/saying.ts'
import { EXIT, type ExitStatus, usageError } from '../domain/errors.ts'
import { listRuns } from './run-directory.ts'

/** What the command line asks for. */
export type LogsOptions = {
  readonly name?: string | undefined
  readonly follow: boolean
  readonly filter: LogFilter
  readonly runDir?: string | undefined
  readonly signal: AbortSignal
}

/** Which lines are wanted; all by default. Lines that are no events, such as crash reports, have neither level nor time. */
export type LogFilter = {
  /** Lines that hold this text, whatever its case. */
  readonly grep?: string | undefined
  /** Events as loud as this, or louder. */
  readonly level?: string | undefined
  /** Events of this name, or of this module: `bid`, `bid:won`. */
  readonly event?: string | undefined
  /** Events since this wall time in ms. */
  readonly since?: number | undefined
}

/** Prints the logs of the newest run, of one process when named. 3 when there is no run. */
export async function swarmLogs({ name, follow, filter, runDir, signal }: LogsOptions): Promise<ExitStatus> {
  const [newest] = listRuns(resolve(runDir ?? '.'))
  if (newest === undefined) {
    process.stdout.write('no swarm ran here\n')
    return EXIT.notRunning
  }
  const folder = join(newest.path, 'logs')
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.log'))
        .map((file) => file.slice(0, -'.log'.length))
        .sort()
    : []
  if (name !== undefined && !names.includes(name)) {
    throw usageError(
      'E_LOG',
      `run ${newest.id} has no process ${name} (${names.join(', ')})`,
      'Take one of these names.',
    )
  }
  const readers = names
    .filter((one) => name === undefined || one === name)
    .map((one) => reader(join(folder, `${one}.log`), name === undefined ? `${one}: ` : '', wanted(filter)))
  do {
    for (const read of readers) read()
    if (follow) await sleep(PAUSE, undefined, { signal }).catch(() => undefined) // aborted: the loop ends below
  } while (follow && !signal.aborted)
  return EXIT.ok
}

const PAUSE = 200

/** Prints what a file gained since the last call, whole lines only. */
function reader(path: string, prefix: string, keep: (line: string) => boolean): () => void {
  let [offset, rest] = [0, '']
  return () => {
    const size = statSync(path).size
    if (size <= offset) return
    const bytes = Buffer.alloc(size - offset)
    const file = openSync(path, 'r')
    try {
      offset += readSync(file, bytes, 0, bytes.length, offset)
    } finally {
      closeSync(file)
    }
    const lines = (rest + bytes.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (keep(line)) process.stdout.write(`${prefix}${line}\n`)
  }
}

const LOUDNESS = ['trace', 'debug', 'info', 'warn', 'error']

/** Whether a line passes. */
export function wanted({ grep, level, event, since }: LogFilter): (line: string) => boolean {
  const text = grep?.toLowerCase()
  const least = LOUDNESS.indexOf(level ?? 'trace')
  return (line) => {
    if (text !== undefined && !line.toLowerCase().includes(text)) return false
    if (level === undefined && event === undefined && since === undefined) return true
    const said = hear('', line)
    if (said === undefined) return false
    if (event !== undefined && said.event !== event && !said.event.startsWith(`${event}:`)) return false
    return LOUDNESS.indexOf(said.level) >= least && said.at >= (since ?? 0)
  }
}
