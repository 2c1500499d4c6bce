// One command line in, one exit status out. Start reading here.
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { dispatch } from './dispatch.ts'
import { report } from './report.ts'

/** A second signal within this time is the same key press reaching us twice, through a launcher. */
const SAME_PRESS = 250

/** Runs one command and ends the process with its exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  leaveQuietlyWhenNobodyReads()
  const signal = interrupted()
  const status = await outcome(argv, signal)
  process.stdout.write('', () => process.exit(status))
}

async function outcome(argv: readonly string[], signal: AbortSignal): Promise<ExitStatus> {
  try {
    return await dispatch(argv, signal)
  } catch (error) {
    return isInterruption(error, signal) ? EXIT.interrupted : report(error, argv)
  }
}

const isInterruption = (error: unknown, signal: AbortSignal): boolean =>
  (signal.aborted && error === signal.reason) || (isAbort(error) && (signal.aborted || atPrompt(error)))

const isAbort = (error: unknown): error is Error => error instanceof Error && error.name === 'AbortError'

/** A question on the terminal takes Ctrl-C and Ctrl-D for itself, and says so in these words. */
const atPrompt = ({ message }: Error): boolean => /^Aborted with Ctrl\+[CD]$/.test(message)

/** Aborted by the first INT, TERM or HUP, or when the launcher is gone. The second one ends the process at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  let first: number | undefined
  const stop = (): void => {
    const now = performance.now()
    if (first === undefined) {
      first = now
      controller.abort(new Error('interrupted'))
    } else if (now - first > SAME_PRESS) process.exit(EXIT.interrupted)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  if (process.channel !== undefined) {
    process.on('disconnect', stop)
    process.channel?.unref()
  }
  return controller.signal
}

/** `lienmesh ... | head` is not a failure. */
function leaveQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.ok)
      throw error
    })
  }
}
