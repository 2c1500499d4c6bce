// One endpoint on the wire: its own kept-alive connections, a limit on time and size, answers matched by id.
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import type { Millis } from '../../../domain/units.ts'
import type { Call } from './typing.ts'

/** What an endpoint said of one call: JSON-RPC's result, what the call read from its bytes, or its error. */
export type Reply =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string; readonly data: unknown }

/** Why there is no reply: nothing came in time, too many requests, or what came was no JSON-RPC. */
export class WireFailure extends Error {
  readonly kind: 'silent' | 'limited' | 'broken'
  constructor(kind: WireFailure['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

/** Connections to one endpoint. */
export type Wire = {
  /** All calls in one request; replies in their order. Throws WireFailure. */
  post(calls: readonly Call[], limit: Millis): Promise<readonly Reply[]>
  close(): void
}

/** Opens nothing yet: connections are made when needed and kept. */
export function wireTo(url: URL): Wire {
  const secure = url.protocol === 'https:'
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' })
  const open = secure ? overHttps : overHttp
  let last = 0
  const post = async (calls: readonly Call[], limit: Millis): Promise<readonly Reply[]> => {
    const first = last + 1
    last += calls.length
    const items = calls.map(({ method, params }, i) => ({ jsonrpc: '2.0', id: first + i, method, params }))
    const body = JSON.stringify(items.length === 1 ? items[0] : items)
    const send = () => open(url, { agent, method: 'POST', headers: headersOf(body) })
    const answer = await exchange(send, body, limit)
    const read = calls.length === 1 ? calls[0]?.read?.(answer, first) : undefined
    return read === undefined ? repliesOf(answer.toString(), first, calls.length) : [{ kind: 'read', value: read }]
  }
  return { post, close: () => agent.destroy() }
}

const headersOf = (body: string) => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
})

/** Most bytes of one answer. */
const CAP = 10_000_000

/** Time (ms) to read what has arrived: after a pause of our own process its timers run before its sockets. */
const GRACE = 10

/** Writes the body and reads the answer. A socket that died while idle is no failure: the request goes out again. */
function exchange(send: () => ClientRequest, body: string, limit: Millis): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let sent: ClientRequest
  const giveUp = () => {
    reject(new WireFailure('silent', `no answer within ${limit} ms`))
    sent.destroy()
  }
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, GRACE)
  }, limit)
  const attempt = (again: boolean) => {
    sent = send()
    sent.on('response', (answer) => read(answer).then(resolve, reject))
    sent.on('error', (error: Error & { readonly code?: string }) => {
      if (again && sent.reusedSocket && STALE.has(error.code ?? '')) attempt(false)
      else reject(new WireFailure('silent', error.message || (error.code ?? 'connection failed'), error))
    })
    sent.end(body)
  }
  attempt(true)
  return promise.finally(() => clearTimeout(timer))
}

/** What a kept socket says when the other side has closed it meanwhile. */
const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

function read(answer: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= CAP) return void chunks.push(chunk)
    reject(new WireFailure('broken', `an answer above ${CAP} bytes`))
    answer.destroy()
  })
  answer.on('error', (error) => reject(new WireFailure('silent', error.message, error)))
  answer.on('end', () => {
    if (answer.statusCode === 429) reject(new WireFailure('limited', 'HTTP status 429'))
    else resolve(Buffer.concat(chunks))
  })
  return promise
}

function repliesOf(text: string, first: number, count: number): readonly Reply[] {
  const replies = new Array<Reply | undefined>(count).fill(undefined)
  for (const item of [parsed(text)].flat()) {
    const { id, result, error } = fieldsOf(item)
    if (typeof id !== 'number' || id < first || id >= first + count) continue
    replies[id - first] = error === undefined || error === null ? { kind: 'result', value: result } : refusal(error)
  }
  return replies.map((reply) => {
    if (reply === undefined) throw new WireFailure('broken', `no JSON-RPC answer: ${text.slice(0, 80)}`)
    return reply
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new WireFailure('broken', `not JSON: ${text.slice(0, 80)}`, error)
  }
}

function refusal(error: unknown): Reply {
  const { code, message, data } = fieldsOf(error)
  return {
    kind: 'refused',
    code: typeof code === 'number' ? code : -32_603,
    message: typeof message === 'string' ? message.slice(0, 1_000) : 'no reason given',
    data,
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
