// Answers, all with the same closed doors around them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageFile } from './files.ts'
import { MOST_BODY } from './gate.ts'

/** What every answer carries: nothing but our own files may run, nobody may frame or read us from elsewhere. */
const DOORS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=()',
} as const

/** Sends text. */
export function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    ...DOORS,
    'content-type': type,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** Sends a value, amounts as decimal strings. */
export const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, 'application/json', asJson(value))

/** Text of a value for a page. */
export const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))

/** Refuses in one line. */
export function refuse(response: ServerResponse, status: number, why: string): void {
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  if (status === 405) response.setHeader('allow', 'GET, POST')
  response.setHeader('connection', 'close')
  sendJson(response, status, { error: why })
}

/** Sends a file of the page, from the browser's own copy when it has the same. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = zipped ? file.gzip : file.plain
  const same = request.headers['if-none-match'] === file.tag
  response.writeHead(same ? 304 : 200, {
    ...DOORS,
    'content-type': file.type,
    'cache-control': 'no-cache',
    etag: file.tag,
    vary: 'accept-encoding',
    ...(zipped && !same && { 'content-encoding': 'gzip' }),
    ...(!same && { 'content-length': body.length }),
  })
  response.end(same || request.method === 'HEAD' ? undefined : body)
}

/** Opens an event stream. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, {
    ...DOORS,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
}

/** The body of a change: one JSON object. A status when it is not. */
export async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | 400 | 413> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MOST_BODY) return 413
    parts.push(part)
  }
  try {
    const held: unknown = JSON.parse(Buffer.concat(parts).toString('utf8') || '{}')
    return typeof held === 'object' && held !== null && !Array.isArray(held) ? { ...held } : 400
  } catch {
    return 400 // Not JSON.
  }
}
