// How an operator speaks to a running agent: one question per line on a private socket, one answer per line.
import { hash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What can be asked of an agent. */
export const questions = ['status', 'pause', 'resume', 'stop'] as const
export type Question = (typeof questions)[number]

/** Where an agent listens: in its data directory, unless the path would be too long for a socket. */
export function socketOf(dataDir: string): string {
  const inside = join(resolve(dataDir), 'control.sock')
  if (process.platform === 'win32') return `\\\\.\\pipe\\lienmesh-${digest(inside)}`
  return inside.length <= LONGEST ? inside : join(tmpdir(), `lienmesh-${digest(inside)}.sock`)
}

/** Longest path of a socket that every platform takes. */
const LONGEST = 100
const digest = (path: string): string => hash('sha256', path).slice(0, 16)

/** Answers questions until the signal fires. The socket is the owner's alone. */
export async function serveControl(
  dataDir: string,
  answer: (question: Question) => Promise<object>,
  signal: AbortSignal,
): Promise<void> {
  const path = socketOf(dataDir)
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
const [MOST, PATIENCE] = [256, 5_000]

function serve(socket: Socket, answer: (question: Question) => Promise<object>): void {
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

async function reply(socket: Socket, line: string, answer: (question: Question) => Promise<object>): Promise<void> {
  const question = questions.find((one) => one === line)
  const said = question === undefined ? { error: 'unknown question' } : await answer(question)
  if (socket.writable) socket.write(`${text(said)}\n`)
}

const text = (value: object): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))
