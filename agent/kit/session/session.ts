// A session: one run of one agent, everything its core was told and everything it decided, as one file.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { decode, encode } from '../../adapters/store/codec.ts'
import type { Input } from '../../core/core.ts'
import { configError, type LienmeshError } from '../../domain/errors.ts'
import type { Decision } from '../../domain/liquidation.ts'
import type { Start } from '../../runtime/start.ts'

/** The format. A session of another one is refused by its number. */
export const SESSION_VERSION = 1

/** Inputs and decisions in the order in which they happened. */
export type Session = {
  readonly agent: string
  readonly start: Start
  readonly inputs: readonly Input[]
  readonly decisions: readonly Decision[]
}

/** The file of a session: a head, a line per entry, and a tail with the digest of everything before; gzipped. */
export function sessionFile({ agent, start, inputs, decisions }: Session): Buffer {
  const lines = [
    encode({ type: 'session', version: SESSION_VERSION, agent, start }),
    ...inputs.map((input) => encode({ type: 'input', input })),
    ...decisions.map((decision) => encode({ type: 'decision', decision })),
  ]
  const tail = { type: 'end', inputs: inputs.length, decisions: decisions.length, digest: digestOf(lines) }
  return gzipSync([...lines, encode(tail), ''].join('\n'))
}

/** Reads a session back. Throws E_SESSION for a file that is none, of another version, cut short or changed. */
export function readSession(file: string): Session {
  const lines = linesOf(file)
  const head = entryOf(file, lines[0], 1)
  if (head['type'] !== 'session')
    throw wrong(file, 'this is no session', 'Name a file that lienmesh record has written.')
  if (head['version'] !== SESSION_VERSION)
    throw wrong(
      file,
      `a session of version ${String(head['version'])}, expected ${SESSION_VERSION}`,
      'Record it again with this version, or replay it with the one that wrote it.',
    )
  const tail = entryOf(file, lines.at(-1), lines.length)
  if (tail['type'] !== 'end') throw wrong(file, 'it ends in the middle', 'Record it again; the file was cut short.')
  if (tail['digest'] !== digestOf(lines.slice(0, -1)))
    throw wrong(file, 'its digest is another one: the file was changed', 'Record it again.')
  const entries = lines.slice(1, -1).map((line, i) => entryOf(file, line, i + 2))
  const of = (type: string, field: string): unknown[] =>
    entries.filter((entry) => entry['type'] === type).map((entry) => entry[field])
  return {
    agent: String(head['agent']),
    // The digest holds: what stands here is what we wrote.
    start: head['start'] as Start,
    inputs: of('input', 'input') as Input[],
    decisions: of('decision', 'decision') as Decision[],
  }
}

function linesOf(file: string): readonly string[] {
  try {
    const bytes = readFileSync(file)
    const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
    return text.trimEnd().split('\n')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw wrong(file, `it cannot be read: ${why}`, 'Name a file that lienmesh record has written.', cause)
  }
}

function entryOf(file: string, line: string | undefined, number: number): Readonly<Record<string, unknown>> {
  try {
    const entry = decode(line ?? '')
    if (typeof entry === 'object' && entry !== null) return { ...entry }
  } catch {
    // Said below, with the line.
  }
  throw wrong(file, `line ${number} is no entry of a session`, 'Name a file that lienmesh record has written.')
}

const digestOf = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex')

const wrong = (file: string, what: string, fix: string, cause?: unknown): LienmeshError =>
  configError('E_SESSION', `${file}: ${what}`, fix, cause)
