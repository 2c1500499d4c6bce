// How an operator speaks to a running agent: one question per line on a private socket, one answer per line.
import { hash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Address, isAddress } from 'viem'
import { decode, encode } from '../adapters/store/codec.ts'
import { LienmeshError } from '../domain/errors.ts'
import type { Journal } from '../ports/journal.ts'
import { type Wish, wishIn } from './wish.ts'

/** What can be asked of an agent. */
export type Question =
  | { readonly ask: (typeof plain)[number] }
  | { readonly ask: 'decisions'; readonly filter: Parameters<Journal['decisions']>[0] }
  | { readonly ask: 'tune'; readonly strategy: string; readonly changes: Readonly<Record<string, unknown>> }
  | { readonly ask: 'portfolio'; readonly account: Address; readonly wish: Wish | undefined }
  | { readonly ask: 'settlements'; readonly filter: Parameters<Journal['settlements']>[0] }

const plain = ['status', 'pause', 'resume', 'stop', 'balances', 'snapshot', 'peers', 'strategies'] as const

/** Where an agent listens: in its data directory, unless the path would be too long for a socket. */
export function socketOf(dataDir: string): string {
  const inside = join(resolve(dataDir), 'control.sock')
  if (process.platform === 'win32') return `\\\\.\\pipe\\lienmesh-${digest(inside)}`
  return inside.length <= LONGEST ? inside : join(tmpdir(), `lienmesh-${digest(inside)}.sock`)
}

/** Longest path of a socket that every platform takes. */
const LONGEST = 100
const digest = (path: string): string => hash('sha256', path).slice(0, 16)

/** Asks the agent of a data directory. Rejects when none answers. */
export const askAgent = (dataDir: string, question: Question): Promise<unknown> =>
  askSocket(socketOf(dataDir), question, PATIENCE)

/** Asks whoever listens on a socket, and waits for the answer so many ms at most. */
export function askSocket(path: string, question: object, patience: number): Promise<unknown> {
  return new Promise((answered, refused) => {
    const socket = connect(path)
    let said = ''
    socket.setTimeout(patience, () => socket.destroy(new Error(`no answer within ${patience / 1_000} s`)))
    socket.once('error', refused)
    socket.once('close', () => refused(new Error('the line was closed')))
    socket.setEncoding('utf8').on('data', (part: string) => {
      said += part
      if (!said.includes('\n')) return
      answered(decode(said.slice(0, said.indexOf('\n'))))
      socket.end()
    })
    socket.write(`${encode(question)}\n`)
  })
}

/** Answers questions until the signal fires. The socket is the owner's alone. */
export function serveControl(
  dataDir: string,
  answer: (question: Question) => Promise<object>,
  signal: AbortSignal,
): Promise<void> {
  const answerLine: Answer = async (line) => {
    const question = questionIn(line)
    return question === undefined ? { error: 'unknown question' } : answer(question)
  }
  return serveSocket(socketOf(dataDir), answerLine, signal)
}

type Answer = (asked: unknown) => Promise<object>

/** The same for whatever may be asked of whoever owns this path. */
export async function serveSocket(path: string, answer: Answer, signal: AbortSignal): Promise<void> {
  // The journal's lock says that no other agent lives here: a socket that is left over is nobody's.
  rmSync(path, { force: true })
  const server = createServer((socket) => serve(socket, answer))
  await new Promise<void>((started, refused) => server.once('error', refused).listen(path, started))
  if (process.platform !== 'win32') chmodSync(path, 0o600)
  await new Promise<void>((ended) => signal.addEventListener('abort', () => ended(), { once: true }))
  server.close()
  rmSync(path, { force: true })
}

/** Characters of the longest question, and milliseconds of silence. */
const [MOST, PATIENCE] = [1_024, 5_000]

function serve(socket: Socket, answer: Answer): void {
  let asked = ''
  socket.on('error', () => socket.destroy()) // Whoever asked has gone.
  socket.setTimeout(PATIENCE, () => socket.destroy())
  socket.setEncoding('utf8').on('data', (part: string) => {
    const lines = (asked + part).split('\n')
    asked = lines.pop() ?? ''
    for (const line of lines) void reply(socket, line, answer)
    if (asked.length > MOST) socket.destroy()
  })
}

async function reply(socket: Socket, line: string, answer: Answer): Promise<void> {
  // Whoever asked knows how long an answer may take.
  socket.setTimeout(0)
  const said = await answer(parsed(line)).catch(refusal)
  if (socket.writable) socket.write(`${encode(said)}\n`)
  socket.setTimeout(PATIENCE)
}

/** Whoever asks is told what was wrong: one question that cannot be answered ends neither the line nor the agent. */
const refusal = (error: unknown): object =>
  error instanceof LienmeshError
    ? { error: error.message, fix: error.fix, code: error.code }
    : { error: error instanceof Error ? error.message : String(error) }

function questionIn(held: unknown): Question | undefined {
  if (typeof held !== 'object' || held === null || !('ask' in held)) return undefined
  const filter = 'filter' in held ? held.filter : undefined
  if (held.ask === 'decisions') return { ask: held.ask, filter: filterIn(filter) }
  if (held.ask === 'settlements') return { ask: held.ask, filter: whichIn(filter) }
  if (held.ask === 'tune') return tuningIn(held)
  if (held.ask === 'portfolio') return portfolioIn(held)
  const ask = plain.find((one) => one === held.ask)
  return ask && { ask }
}

function portfolioIn(held: object): Question | undefined {
  const { account, wish }: Readonly<Record<string, unknown>> = { ...held }
  if (typeof account !== 'string' || !isAddress(account, { strict: false })) return undefined
  return {
    ask: 'portfolio',
    account,
    wish: typeof wish === 'object' && wish !== null ? wishIn({ ...wish }) : undefined,
  }
}

function tuningIn(held: object): Question | undefined {
  const { strategy, changes }: Readonly<Record<string, unknown>> = { ...held }
  if (typeof strategy !== 'string' || typeof changes !== 'object' || changes === null) return undefined
  return { ask: 'tune', strategy, changes: { ...changes } }
}

function filterIn(value: unknown): Parameters<Journal['decisions']>[0] {
  const held: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { since, limit } = held
  const kind = (['take', 'postpone', 'skip'] as const).find((one) => one === held['kind'])
  return {
    ...(typeof since === 'number' && { since }),
    ...(typeof limit === 'number' && { limit }),
    ...(kind && { kind }),
  }
}

function whichIn(value: unknown): Parameters<Journal['settlements']>[0] {
  const held: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { id, limit } = held
  return { ...(typeof id === 'string' && { id }), ...(typeof limit === 'number' && { limit }) }
}

function parsed(line: string): unknown {
  try {
    return decode(line)
  } catch {
    // No JSON: the answer is that the question is unknown.
    return undefined
  }
}
