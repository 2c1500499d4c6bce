// What a disk can do to a journal, in words that say what to change.
import { configError, EXIT, LienmeshError, unavailable } from '../../domain/errors.ts'

/** A failure of SQLite as one of ours. Failures of ours pass. */
export function diskError(path: string, error: unknown): unknown {
  if (error instanceof LienmeshError) return error
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  switch (code & 0xff) {
    case BUSY:
    case LOCKED:
      return inUse(path, error)
    case CORRUPT:
    case NOT_A_DATABASE:
      return corrupt(path, error)
    case FULL:
    case READ_ONLY:
    case IO_ERROR:
      return unwritable(path, error)
    default:
      return error
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const BUSY = 5
const LOCKED = 6
const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const NOT_A_DATABASE = 26

/** The file was changed by something else than this program, or the disk lost part of it. */
export const corrupt = (path: string, cause?: unknown): LienmeshError =>
  configError(
    'E_JOURNAL_CORRUPT',
    `The journal ${path} is damaged${cause instanceof Error ? `: ${cause.message}` : ''}.`,
    'Keep the file. Bring back its newest copy, or start with a new directory and a new key: claims are found on the chain.',
    cause,
  )

const inUse = (path: string, cause: unknown): LienmeshError =>
  new LienmeshError('E_LOCKED', `The journal ${path} is in use by another process.`, {
    remedy: 'fix-config',
    exit: EXIT.config,
    fix: 'Stop the other agent, or give this one a data directory of its own: one key never runs twice.',
    cause,
  })

const unwritable = (path: string, cause: unknown): LienmeshError =>
  unavailable(
    'E_DISK',
    `The journal ${path} cannot be written${cause instanceof Error ? `: ${cause.message}` : ''}.`,
    'Make room on the disk or make it writable. Nothing new is sent until then; watching goes on.',
    cause,
  )
