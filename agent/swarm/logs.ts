// lienmesh swarm logs: what the processes of the newest run wrote.
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, type ExitStatus, usageError } from '../domain/errors.ts'
import { listRuns } from './run-directory.ts'

/** What the command line asks for. */
export type LogsOptions = {
  readonly name?: string | undefined
  readonly follow: boolean
  readonly runDir?: string | undefined
  readonly signal: AbortSignal
}

/** Prints the logs of the newest run, of one process when named. 3 when there is no run. */
export async function swarmLogs({ name, follow, runDir, signal }: LogsOptions): Promise<ExitStatus> {
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
    .map((one) => reader(join(folder, `${one}.log`), name === undefined ? `${one}: ` : ''))
  do {
    for (const read of readers) read()
    if (follow) await sleep(PAUSE, undefined, { signal }).catch(() => undefined) // aborted: the loop ends below
  } while (follow && !signal.aborted)
  return EXIT.ok
}

const PAUSE = 200

/** Prints what a file gained since the last call, whole lines only. */
function reader(path: string, prefix: string): () => void {
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
    for (const line of lines) process.stdout.write(`${prefix}${line}\n`)
  }
}
