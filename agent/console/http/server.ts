// The API and the page of an agent or a swarm: one small server on this machine's own address. Start reading in gate.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { configError } from '../../domain/errors.ts'
import type { Desk } from '../view/desk.ts'
import type { Power } from '../view/words.ts'
import { watchProgress } from './alive.ts'
import { type Asked, admit, admitWatcher, type Refusal } from './gate.ts'
import { refuse } from './reply.ts'
import { answer, type Rooms, viewOf } from './routes.ts'
import { createStreams } from './stream.ts'
import { lastingTokens, openTokens, writeWayIn } from './tokens.ts'

/** How a server is to be opened. `folder` holds its tokens; port 0 takes a free one. */
export type Serving = {
  readonly desk: Desk
  readonly port: number
  readonly folder: string
  readonly version: string
  /** `host:port` for supervisors elsewhere. */
  readonly watch?: string | undefined
  /** The reading token, where it was made elsewhere. */
  readonly token?: string | undefined
}

/** A server that listens. */
export type Served = {
  readonly port: number
  readonly url: string
  /** Where supervisors ask. */
  readonly watchPort: number | undefined
  /** A link that opens the page once. */
  readonly link: (power: Power) => string
  readonly close: () => Promise<void>
}

/** Opens the server. E_PORT when the port is taken. */
export async function serve({ desk, port, folder, version, watch, token }: Serving): Promise<Served> {
  const lasting = lastingTokens(folder, token)
  const tokens = openTokens(lasting, Date.now)
  const look = shared(desk.look)
  const streams = createStreams({ chronicle: desk.chronicle, view: (name) => viewOf({ desk, look }, name) })
  const progress = watchProgress(desk.progress)
  const rooms: Rooms = { desk, tokens, streams, look, alive: progress.stuck, version }
  const pace = bucket()
  let at = port
  const server = createServer(LIMITS, (request, response) => {
    const judge = (head: IncomingMessage) => admit(head, { port: at, powerOf: rooms.tokens.powerOf })
    void handle(rooms, { request, response }, { pace, judge })
  })
  harden(server)
  at = await listening(server, { port, host: OURS })
  const leave = async (error: unknown): Promise<never> => {
    await shut(server)
    throw error
  }
  const watcher = watch === undefined ? undefined : await openWatch(watch, rooms, pace).catch(leave)
  const url = `http://127.0.0.1:${at}`
  writeWayIn(folder, { url, pid: process.pid, ...lasting })
  return {
    port: at,
    url,
    watchPort: watcher?.port,
    link: (power) => `${url}/#k=${tokens.key(power)}`,
    close: async () => {
      progress.stop()
      streams.close()
      await Promise.all([server, ...(watcher === undefined ? [] : [watcher.server])].map(shut))
    },
  }
}

/** The address for supervisors: the same answers about health and metrics, and nothing else. */
async function openWatch(watch: string, rooms: Rooms, pace: () => boolean) {
  const server = createServer(LIMITS, (request, response) => {
    void handle(rooms, { request, response }, { pace, judge: (head) => admitWatcher(head, rooms.tokens.powerOf) })
  })
  harden(server)
  const colon = watch.lastIndexOf(':')
  const host = watch.slice(0, colon).replace(/^\[|\]$/g, '')
  return { server, port: await listening(server, { port: Number(watch.slice(colon + 1)), host }) }
}

function shut(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((closed) => server.close(() => closed()))
}

/** The only address of page and API. */
const OURS = '127.0.0.1'

/** Bytes of headers, and milliseconds for a head, a request and silence. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const

function harden(server: Server): void {
  server.maxConnections = 40
  server.maxRequestsPerSocket = 1_000
  server.on('checkExpectation', (_, response: ServerResponse) => refuse(response, 417, 'no expectations'))
  server.on('connect', (_, socket) => socket.destroy())
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    else socket.destroy()
  })
}

type Pair = { readonly request: IncomingMessage; readonly response: ServerResponse }

async function handle(
  rooms: Rooms,
  { request, response }: Pair,
  { pace, judge }: { pace: () => boolean; judge: (head: IncomingMessage) => Asked | Refusal },
): Promise<void> {
  response.on('error', () => response.destroy()) // Whoever asked has gone.
  try {
    if (!pace()) return refuse(response, 429, 'too many questions')
    const asked = judge(request)
    if ('status' in asked) return refuse(response, asked.status, asked.why)
    await answer(rooms, { request, response, asked })
  } catch {
    refuse(response, 500, 'this question could not be answered')
  }
}

/** Questions at once, and per second after that. */
const [BURST, RATE] = [120, 50]

function bucket(): () => boolean {
  let [left, since] = [BURST, performance.now()]
  return () => {
    const now = performance.now()
    left = Math.min(BURST, left + (RATE * (now - since)) / 1_000)
    since = now
    if (left < 1) return false
    left--
    return true
  }
}

/** Milliseconds for which one look serves everybody. */
const FRESH = 700

/** One look for all who ask within a moment. */
function shared(look: Desk['look']): Desk['look'] {
  let [kept, at] = [undefined as ReturnType<Desk['look']> | undefined, 0]
  return () => {
    if (kept === undefined || performance.now() - at > FRESH) {
      at = performance.now()
      kept = look()
      kept.catch(() => {
        kept = undefined
      })
    }
    return kept
  }
}

function listening(server: Server, { port, host }: { readonly port: number; readonly host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(TAKEN.has(error.code ?? '') ? taken(`${host}:${port}`, host, error) : error),
    )
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

const TAKEN: ReadonlySet<string> = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'])

function taken(place: string, host: string, error: NodeJS.ErrnoException) {
  const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${error.code})`
  const flag = host === OURS ? '--api.port, or 0 for any free one' : '--api.watch'
  return configError('E_PORT', `${place} ${why}`, `Choose another with ${flag}.`, error)
}
