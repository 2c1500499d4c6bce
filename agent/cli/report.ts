// An error as its reader needs it: what happened, what to do. The stack only when asked for.
import { configError, EXIT, type ExitStatus, LienmeshError, unavailable } from '../domain/errors.ts'

/** Prints one error on standard error and returns the exit status it stands for. */
export function report(error: unknown, argv: readonly string[]): ExitStatus {
  const known = error instanceof LienmeshError ? error : unexpected(error)
  const text = argv.includes('--json') ? asJson(known) : asText(known)
  process.stderr.write(`${text}\n`)
  if (wantsStack(argv)) process.stderr.write(`${stackOf(error)}\n`)
  return known.exit
}

function asText({ code, message, fix }: LienmeshError): string {
  const mark = `✖ ${code}`
  const colour = process.stderr.isTTY && process.env['NO_COLOR'] === undefined
  return `${colour ? `\u001b[31m${mark}\u001b[39m` : mark} ${message}\n  fix: ${fix}`
}

const asJson = ({ code, message, fix, exit }: LienmeshError): string =>
  JSON.stringify({ type: 'error', code, message, fix, exit })

function unexpected(error: unknown): LienmeshError {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return incomplete(error)
  if (causesOf(error).some(({ name }) => SILENCE.includes(name)))
    return unavailable('E_RPC_DOWN', message.split('\n')[0] ?? '', 'Look at the node, then ask again.', error)
  const fix = 'This is a defect. Run again with --log.level debug and report the stack.'
  return new LienmeshError('E_UNEXPECTED', message, { remedy: 'halt', exit: EXIT.failure, fix, cause: error })
}

/** How viem names a node that did not answer. */
const SILENCE = ['HttpRequestError', 'TimeoutError', 'SocketClosedError']

const causesOf = (error: unknown): readonly Error[] => (error instanceof Error ? [error, ...causesOf(error.cause)] : [])

/** A package or file that should be there is not: an install that never finished. */
function incomplete(error: Error): LienmeshError {
  const [, missing = 'a file'] = /Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? []
  return configError(
    'E_INSTALL',
    `${missing} is missing: the installation is incomplete`,
    'npm ci (and let it finish).',
    error,
  )
}

function wantsStack(argv: readonly string[]): boolean {
  const level = argv[argv.indexOf('--log.level') + 1]
  return argv.includes('--log.level=debug') || (argv.includes('--log.level') && level === 'debug')
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
