// Errors are for what the caller cannot sensibly continue from. A market saying no is a value.

/** What the runtime does about a failure. Every error has exactly one. */
export type Remedy = 'fix-config' | 'retry' | 'halt'

/** Exit status of the process. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notRunning: 3,
  config: 4,
  timeout: 5,
  assertion: 6,
  safetyStop: 7,
  interrupted: 130,
} as const
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

export type ErrorContext = Readonly<Record<string, string | number | bigint | undefined>>

/** An expected failure: what was expected, what was found (`message`), what to change (`fix`). No stack is shown. */
export class LienmeshError extends Error {
  /** Bounded, documented, safe as a metric label: E_... */
  readonly code: string
  readonly remedy: Remedy
  readonly exit: ExitStatus
  readonly fix: string
  readonly context: ErrorContext

  constructor(
    code: string,
    message: string,
    how: { remedy: Remedy; exit: ExitStatus; fix: string; context?: ErrorContext; cause?: unknown },
  ) {
    super(message, how.cause === undefined ? undefined : { cause: how.cause })
    this.name = 'LienmeshError'
    this.code = code
    this.remedy = how.remedy
    this.exit = how.exit
    this.fix = how.fix
    this.context = how.context ?? {}
  }
}

/** The command line is wrong. */
export const usageError = (code: string, message: string, fix: string): LienmeshError =>
  new LienmeshError(code, message, { remedy: 'fix-config', exit: EXIT.usage, fix })

/** The config file, a key or the network description is wrong. */
export const configError = (code: string, message: string, fix: string, cause?: unknown): LienmeshError =>
  new LienmeshError(code, message, { remedy: 'fix-config', exit: EXIT.config, fix, cause })

/** A remote did not answer; the same call may succeed later. */
export const unavailable = (code: string, message: string, fix: string, cause?: unknown): LienmeshError =>
  new LienmeshError(code, message, { remedy: 'retry', exit: EXIT.failure, fix, cause })

/** Our own books contradict themselves. Stop before capital follows. */
export const invariantBroken = (message: string, context: ErrorContext): LienmeshError =>
  new LienmeshError('E_INVARIANT', message, {
    remedy: 'halt',
    exit: EXIT.safetyStop,
    fix: 'Keep the run directory and report it; nothing more is sent.',
    context,
  })
