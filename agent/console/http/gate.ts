// Who may ask what: judged before anything else happens, from the request's head alone.
import type { IncomingHttpHeaders } from 'node:http'
import type { Power } from '../view/words.ts'

/** A request that is not answered: its status and one line that says why. */
export type Refusal = { readonly status: number; readonly why: string }

/** A request that passed: where it leads, and what its token may do. */
export type Asked = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query: URLSearchParams
  /** Undefined for what anybody on this machine may read: the page itself and its health. */
  readonly power: Power | undefined
}

/** The head of a request. */
export type Head = {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
}

/** What the gate knows: the port it stands at, and what a token is good for. */
export type Gate = { readonly port: number; readonly powerOf: (token: string) => Power | undefined }

/** Judges one request. */
export function admit(head: Head, gate: Gate): Asked | Refusal {
  const spoken = spokenTo(head, gate.port) ?? whole(head)
  if (spoken !== undefined) return spoken
  const { method, url = '' } = head
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return refuse(405, 'only GET and POST')
  if (!PATH.test(url) || url.length > LONGEST_URL) return refuse(400, 'no such path')
  const { pathname: path, searchParams: query } = new URL(url, 'http://127.0.0.1')
  const isApi = path.startsWith('/api/') || path === '/metrics'
  const foreign = fromElsewhere(head, gate.port, isApi)
  if (foreign !== undefined) return foreign
  const wrong = method === 'POST' ? badPost(head) : badGet(head)
  if (wrong !== undefined) return wrong
  const asked = { method: method === 'POST' ? 'POST' : 'GET', path, query } as const
  if (!isApi || path === SESSION) return { ...asked, power: undefined }
  return withToken(asked, head, gate)
}

/** Judges one request at the watching address: health for anybody, metrics for a token, whatever name we are called by. */
export function admitWatcher(head: Head, powerOf: Gate['powerOf']): Asked | Refusal {
  const { method, url = '' } = head
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'only GET')
  const wrong = whole(head) ?? badGet(head)
  if (wrong !== undefined) return wrong
  const asked = { method: 'GET', path: url, query: new URLSearchParams() } as const
  if (url === '/metrics') return withToken(asked, head, { powerOf })
  return HEALTH.has(url) ? { ...asked, power: undefined } : refuse(404, 'only /livez, /readyz and /metrics')
}

const HEALTH: ReadonlySet<string> = new Set(['/livez', '/healthz', '/readyz'])

/** Where a one-time key becomes a token. */
const SESSION = '/api/v1/session'

/** Paths are plain: no dots in a row, no escapes, no second slash, nothing that has to be normalised. */
const PATH = /^\/(?!\/)(?:[A-Za-z0-9_:-]+(?:\.[A-Za-z0-9_-]+)*\/?)*(?:\?[A-Za-z0-9_.,:=&~-]*)?$/
const LONGEST_URL = 1_024

const refuse = (status: number, why: string): Refusal => ({ status, why })

/** The name by which we were called must be ours: a rebound name is somebody else's page. */
function spokenTo({ rawHeaders, headers }: Head, port: number): Refusal | undefined {
  if (rawHeaders.length > 2 * MOST_HEADERS) return refuse(431, 'too many headers')
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  if (hosts.length !== 1) return refuse(400, 'exactly one Host')
  return ownNames(port).includes(headers.host ?? '') ? undefined : refuse(421, 'not our name')
}

const MOST_HEADERS = 60

const ownNames = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]

/** One meaning only: no second length, no tunnel, no switch of protocol, no waiting for a go-ahead. */
function whole({ headers, rawHeaders }: Head): Refusal | undefined {
  const count = (wanted: string): number =>
    rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === wanted).length
  if (headers.upgrade !== undefined) return refuse(400, 'no upgrades')
  if (headers.expect !== undefined) return refuse(417, 'no expectations')
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] !== undefined)
    return refuse(400, 'two lengths')
  if (count('content-length') > 1 || count('authorization') > 1 || count('origin') > 1 || count('content-type') > 1)
    return refuse(400, 'a header twice')
  if (headers['content-encoding'] !== undefined) return refuse(415, 'no encodings')
  return ['x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'].some(
    (name) => name in headers,
  )
    ? refuse(400, 'no overrides')
    : undefined
}

/** Another site's page may lead here by a link, and may ask nothing. */
function fromElsewhere({ headers }: Head, port: number, isApi: boolean): Refusal | undefined {
  const { origin, host } = headers
  if (origin !== undefined && origin !== `http://${host}`) return refuse(403, 'another origin')
  if (origin !== undefined && !ownNames(port).some((name) => origin === `http://${name}`))
    return refuse(403, 'another origin')
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin') return undefined
  if (isApi) return refuse(403, 'another site')
  const navigates = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return navigates || site === 'none' ? undefined : refuse(403, 'another site')
}

function badPost({ headers }: Head): Refusal | undefined {
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? ''))
    return refuse(415, 'only application/json')
  if (Number(headers['content-length'] ?? 0) > MOST_BODY) return refuse(413, 'too long')
  return undefined
}

/** Bytes of the longest body. */
export const MOST_BODY = 16_384

function badGet({ headers }: Head): Refusal | undefined {
  const empty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
  return empty ? undefined : refuse(400, 'a question has no body')
}

function withToken(asked: Omit<Asked, 'power'>, { headers }: Head, gate: Pick<Gate, 'powerOf'>): Asked | Refusal {
  const [, token = ''] = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(headers.authorization ?? '') ?? []
  const power = token === '' ? undefined : gate.powerOf(token)
  if (power === undefined) return refuse(401, 'a token is needed: lienmesh dashboard')
  if (asked.method === 'POST' && power !== 'control') return refuse(403, 'this token may only read')
  return { ...asked, power }
}
