// A hundred ways to get at the API without the right to. Each is spoken on a bare socket, as an attacker would.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, serve } from '../../../agent/console/http/server.ts'
import { wayIn } from '../../../agent/console/http/tokens.ts'
import { desk } from '../../support/console-desk.ts'

const behind = desk()
let folder: string
let server: Served
let tokens: { readonly read: string; readonly control: string }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-attacks-'))
  server = await serve({ desk: behind, port: 0, folder, version: '0.0.0' })
  tokens = wayIn(folder) ?? { read: '', control: '' }
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** What goes over the wire: `{port}`, `{read}` and `{control}` are filled in. */
type Attack = readonly [name: string, status: number, head: string, body?: string]

const GET = (path: string, ...headers: readonly string[]): string => lines('GET', path, headers)
const POST = (path: string, ...headers: readonly string[]): string => lines('POST', path, headers)
const lines = (method: string, path: string, headers: readonly string[]): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...(headers.some((one) => /^host:/i.test(one)) ? [] : ['Host: 127.0.0.1:{port}']),
    ...headers,
  ].join('\r\n')
const READ = 'Authorization: Bearer {read}'
const CONTROL = 'Authorization: Bearer {control}'
const JSON_TYPE = 'Content-Type: application/json'
const VIEW = '/api/v1/overview'
const PAUSE = '/api/v1/agents/house-1/pause'
const FLATTEN = '/api/v1/agents/house-1/flatten'
const long = (length: number): string => 'a'.repeat(length)

const noToken: readonly Attack[] = [
  ['no token', 401, GET(VIEW)],
  ['an empty bearer', 401, GET(VIEW, 'Authorization: Bearer ')],
  ['a wrong token', 401, GET(VIEW, `Authorization: Bearer ${long(43)}`)],
  ['a token that is one letter short', 401, GET(VIEW, 'Authorization: Bearer {read:-1}')],
  ['a token with one letter more', 401, GET(VIEW, 'Authorization: Bearer {read}A')],
  ['a token in lower case', 401, GET(VIEW, 'Authorization: Bearer {read:lower}')],
  ['basic instead of bearer', 401, GET(VIEW, 'Authorization: Basic {read}')],
  ['a token in the query', 401, GET(`${VIEW}?token={read}`)],
  ['an access_token in the query', 401, GET(`${VIEW}?access_token={control}`)],
  ['a token in a cookie', 401, GET(VIEW, 'Cookie: token={control}')],
  ['a token in a header of another name', 401, GET(VIEW, 'X-Api-Key: {control}')],
  ['two authorizations', 400, GET(VIEW, READ, CONTROL)],
  ['a bearer with two tokens', 401, GET(VIEW, 'Authorization: Bearer {read} {control}')],
  ['a bearer list', 401, GET(VIEW, 'Authorization: Bearer {read},{control}')],
  ['metrics without a token', 401, GET('/metrics')],
  ['the stream without a token', 401, GET('/api/v1/events')],
  ['the log without a token', 401, GET('/api/v1/logs')],
  ['the config without a token', 401, GET('/api/v1/config')],
  ['an account without a token', 401, GET(`/api/v1/accounts/0x${'0'.repeat(40)}`)],
  ['an order without a token', 401, POST(PAUSE, JSON_TYPE), '{}'],
  ['a link without a token', 401, POST('/api/v1/links', JSON_TYPE), '{"power":"control"}'],
  ['a session for a key that never was', 401, POST('/api/v1/session', JSON_TYPE), '{"key":"none"}'],
  ['a session for no key', 401, POST('/api/v1/session', JSON_TYPE), '{}'],
  ['a session for a key that is a list', 401, POST('/api/v1/session', JSON_TYPE), '{"key":["{control}"]}'],
  ['a session for a lasting token', 401, POST('/api/v1/session', JSON_TYPE), '{"key":"{control}"}'],
]

const tooLittle: readonly Attack[] = [
  ['pause with the reading token', 403, POST(PAUSE, READ, JSON_TYPE), '{}'],
  ['resume with the reading token', 403, POST('/api/v1/agents/house-1/resume', READ, JSON_TYPE), '{}'],
  ['flatten with the reading token', 403, POST(FLATTEN, READ, JSON_TYPE), '{"confirm":"house-1"}'],
  ['a link with the reading token', 403, POST('/api/v1/links', READ, JSON_TYPE), '{"power":"control"}'],
  ['a fault with the reading token', 403, POST('/api/v1/faults', READ, JSON_TYPE), '{"inject":"crash house-1"}'],
  [
    'a fault where nothing can be broken',
    404,
    POST('/api/v1/faults', CONTROL, JSON_TYPE),
    '{"inject":"crash house-1"}',
  ],
  ['flatten without a confirmation', 400, POST(FLATTEN, CONTROL, JSON_TYPE), '{}'],
  ['flatten confirmed for another agent', 400, POST(FLATTEN, CONTROL, JSON_TYPE), '{"confirm":"house-2"}'],
  ['flatten confirmed by true', 400, POST(FLATTEN, CONTROL, JSON_TYPE), '{"confirm":true}'],
  ['pause of an agent that is not there', 404, POST('/api/v1/agents/house-2/pause', CONTROL, JSON_TYPE), '{}'],
  ['a withdrawal', 404, POST('/api/v1/agents/house-1/withdraw', CONTROL, JSON_TYPE), '{}'],
  ['a higher cap', 404, POST('/api/v1/agents/house-1/config', CONTROL, JSON_TYPE), '{"maxBid":"1e9"}'],
  ['a signature', 404, POST('/api/v1/sign', CONTROL, JSON_TYPE), '{}'],
  ['an order by GET', 404, GET(PAUSE, CONTROL)],
  ['an agent named __proto__', 404, POST('/api/v1/agents/__proto__/pause', CONTROL, JSON_TYPE), '{}'],
  ['a view named __proto__', 404, GET('/api/v1/__proto__', READ)],
  ['a view named constructor', 404, GET('/api/v1/constructor', READ)],
  ['a page named constructor', 404, GET('/constructor')],
]

const otherNames: readonly Attack[] = [
  ['a rebound name', 421, GET(VIEW, 'Host: evil.example', READ)],
  ['a rebound name with our port', 421, GET(VIEW, 'Host: evil.example:{port}', READ)],
  ['a name that begins like ours', 421, GET(VIEW, 'Host: localhost.evil.example:{port}', READ)],
  ['a name that ends like ours', 421, GET(VIEW, 'Host: evil.localhost:{port}', READ)],
  ['our address at another port', 421, GET(VIEW, 'Host: 127.0.0.1:1', READ)],
  ['our address without its port', 421, GET(VIEW, 'Host: 127.0.0.1', READ)],
  ['another loopback address', 421, GET(VIEW, 'Host: 127.0.0.2:{port}', READ)],
  ['the address of everywhere', 421, GET(VIEW, 'Host: 0.0.0.0:{port}', READ)],
  ['our address as one number', 421, GET(VIEW, 'Host: 2130706433:{port}', READ)],
  ['our address in hexadecimal', 421, GET(VIEW, 'Host: 0x7f000001:{port}', READ)],
  ['our address in IPv6 clothes', 421, GET(VIEW, 'Host: [::ffff:127.0.0.1]:{port}', READ)],
  ['a user before our name', 421, GET(VIEW, 'Host: evil@127.0.0.1:{port}', READ)],
  ['our name with a final dot', 421, GET(VIEW, 'Host: localhost.:{port}', READ)],
  ['two hosts', 400, GET(VIEW, 'Host: 127.0.0.1:{port}', 'Host: evil.example', READ)],
  ['an empty host', 421, GET(VIEW, 'Host: ', READ)],
  ['no host', 400, `GET ${VIEW} HTTP/1.1\r\n${READ}`],
  ['the page under a rebound name', 421, GET('/', 'Host: evil.example:{port}')],
  [
    'a session under a rebound name',
    421,
    POST('/api/v1/session', 'Host: evil.example:{port}', JSON_TYPE),
    '{"key":"x"}',
  ],
  ['an absolute address of elsewhere', 400, GET('http://evil.example/api/v1/overview', READ)],
]

const otherOrigins: readonly Attack[] = [
  ['another origin', 403, GET(VIEW, READ, 'Origin: http://evil.example')],
  ['the origin null', 403, GET(VIEW, READ, 'Origin: null')],
  ['our origin by https', 403, GET(VIEW, READ, 'Origin: https://127.0.0.1:{port}')],
  ['our origin at another port', 403, GET(VIEW, READ, 'Origin: http://127.0.0.1:1')],
  ['an origin that begins like ours', 403, GET(VIEW, READ, 'Origin: http://127.0.0.1:{port}.evil.example')],
  ['our other name as origin', 403, GET(VIEW, READ, 'Origin: http://localhost:{port}')],
  ['two origins', 400, GET(VIEW, READ, 'Origin: http://127.0.0.1:{port}', 'Origin: http://evil.example')],
  ['another site', 403, GET(VIEW, READ, 'Sec-Fetch-Site: cross-site')],
  ['another site of our name', 403, GET(VIEW, READ, 'Sec-Fetch-Site: same-site')],
  ['a view in the address bar', 403, GET(VIEW, READ, 'Sec-Fetch-Site: none')],
  [
    'the page as an image of another site',
    403,
    GET('/', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'),
  ],
  [
    'the page in a frame of another site',
    403,
    GET('/', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'),
  ],
  [
    'our script on another site',
    403,
    GET('/app.js', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'),
  ],
  ['an order from another origin', 403, POST(PAUSE, CONTROL, JSON_TYPE, 'Origin: http://evil.example'), '{}'],
  ['an order as a form', 415, POST(PAUSE, CONTROL, 'Content-Type: application/x-www-form-urlencoded'), 'a=b'],
  ['an order as plain text', 415, POST(PAUSE, CONTROL, 'Content-Type: text/plain'), '{}'],
  ['an order as a multipart form', 415, POST(PAUSE, CONTROL, 'Content-Type: multipart/form-data; boundary=a'), '{}'],
  ['an order of no type', 415, POST(PAUSE, CONTROL), '{}'],
  ['a preflight', 405, lines('OPTIONS', VIEW, ['Origin: http://evil.example', 'Access-Control-Request-Method: GET'])],
]

const crooked: readonly Attack[] = [
  ['dots', 400, GET('/../package.json')],
  ['dots below a view', 400, GET('/api/v1/../../package.json', READ)],
  ['escaped dots', 400, GET('/%2e%2e/package.json')],
  ['an escaped slash', 400, GET('/..%2fpackage.json')],
  ['twice escaped', 400, GET('/%252e%252e/package.json')],
  ['a backslash', 400, GET('/..\\package.json')],
  ['a nothing in the path', 400, GET('/app.js%00.html')],
  ['two slashes', 400, GET('//etc/passwd')],
  ['a file that is there and not ours to give', 404, GET('/package.json')],
  ['the sources', 404, GET('/src/main.tsx')],
  ['the token file', 404, GET('/console.json')],
  ['a hidden file', 400, GET('/.git/config')],
  ['an address of two thousand letters', 400, GET(`/${long(2_000)}`)],
  ['PUT', 405, lines('PUT', PAUSE, [CONTROL, JSON_TYPE]), '{}'],
  ['DELETE', 405, lines('DELETE', PAUSE, [CONTROL])],
  ['TRACE', 405, lines('TRACE', '/', [])],
  ['PATCH', 405, lines('PATCH', PAUSE, [CONTROL, JSON_TYPE]), '{}'],
  ['a method by header', 400, GET(PAUSE, CONTROL, 'X-HTTP-Method-Override: POST')],
  ['a path by header', 400, GET('/', 'X-Original-URL: /api/v1/overview')],
  ['a web socket', 400, GET('/api/v1/events', READ, 'Upgrade: websocket', 'Connection: Upgrade')],
  ['a tunnel', 0, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443'],
  ['a question with a body', 400, GET(VIEW, READ, JSON_TYPE), '{}'],
  ['a body that says it is too long', 413, POST(PAUSE, CONTROL, JSON_TYPE, 'Content-Length: 9000000')],
  [
    'a body that is too long',
    413,
    POST(PAUSE, CONTROL, JSON_TYPE, 'Transfer-Encoding: chunked'),
    `8000\r\n${long(0x8000)}\r\n0\r\n\r\n`,
  ],
  ['a zipped body', 415, POST(PAUSE, CONTROL, JSON_TYPE, 'Content-Encoding: gzip'), '{}'],
  ['a body that is no JSON', 400, POST(PAUSE, CONTROL, JSON_TYPE), '{"a":'],
  ['a body that is a list', 400, POST(PAUSE, CONTROL, JSON_TYPE), '[]'],
  ['a body that is nothing', 400, POST(PAUSE, CONTROL, JSON_TYPE), 'null'],
  ['two lengths', 400, POST(PAUSE, CONTROL, JSON_TYPE, 'Content-Length: 2', 'Content-Length: 3')],
  [
    'a length and chunks',
    400,
    POST(PAUSE, CONTROL, JSON_TYPE, 'Content-Length: 2', 'Transfer-Encoding: chunked'),
    '{}',
  ],
  ['a length below zero', 400, POST(PAUSE, CONTROL, JSON_TYPE, 'Content-Length: -1')],
  ['an expectation', 417, POST(PAUSE, CONTROL, JSON_TYPE, 'Expect: something-else'), '{}'],
  ['headers of nine thousand letters', 431, GET(VIEW, READ, `X-A: ${long(9_000)}`)],
  ['seventy headers', 431, GET(VIEW, READ, ...Array.from({ length: 70 }, (_, i) => `X-${i}: 1`))],
  ['a line break in a header', 400, GET(VIEW, `${READ}\rX-A: 1`)],
  ['a folded header', 400, GET(VIEW, READ, 'X-A: 1\r\n folded')],
  ['a space before the colon', 400, GET(VIEW, `Authorization : Bearer {read}`)],
  ['no HTTP at all', 400, 'hello'],
]

const attacks = [...noToken, ...tooLittle, ...otherNames, ...otherOrigins, ...crooked]

test('there are a hundred attacks and more, and no two have one name', () => {
  expect(new Set(attacks.map(([name]) => name)).size).toBe(attacks.length)
  expect(attacks.length).toBeGreaterThanOrEqual(100)
})

test.each(attacks.map(([name, status, head, body = '']) => ({ name, status, head, body })))(
  '$name is refused with $status',
  async ({ status, head, body }) => {
    const said = await speak(head, body)
    const [, found = '0'] = /^HTTP\/1\.1 (\d{3})/.exec(said) ?? []
    expect(Number(found)).toBe(status)
    expect(said).not.toContain(tokens.read)
    expect(said).not.toContain(tokens.control)
    expect(said.toLowerCase()).not.toContain('access-control-allow')
    expect(behind.ordered).toEqual([])
  },
)

test('the same questions, asked rightly, are answered', async () => {
  const question = (head: string, body = ''): Promise<string> => speak(head, body)
  expect(await question(GET(VIEW, READ))).toMatch(/^HTTP\/1\.1 200/)
  expect(await question(GET(VIEW, 'Host: localhost:{port}', READ, 'Origin: http://localhost:{port}'))).toMatch(
    /^HTTP\/1\.1 200/,
  )
  expect(await question(GET('/livez'))).toMatch(/^HTTP\/1\.1 200/)
  expect(await question(GET('/metrics', READ))).toMatch(/^HTTP\/1\.1 200/)
  expect(await question(POST('/api/v1/links', CONTROL, JSON_TYPE), '{}')).toMatch(/^HTTP\/1\.1 200/)
})

/** Says it on a socket of its own and hears all that is answered. A body without a length brings its own. */
function speak(head: string, body: string): Promise<string> {
  const fill = (text: string): string =>
    text
      .replaceAll('{port}', String(server.port))
      .replaceAll('{read:-1}', tokens.read.slice(0, -1))
      .replaceAll('{read:lower}', tokens.read === tokens.read.toLowerCase() ? long(43) : tokens.read.toLowerCase())
      .replaceAll('{read}', tokens.read)
      .replaceAll('{control}', tokens.control)
  const sized = /content-length|transfer-encoding/i.test(head) || body === ''
  const filled = fill(body)
  const length = sized ? '' : `\r\nContent-Length: ${Buffer.byteLength(filled)}`
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1')
    let said = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      said += part
      if (/^HTTP\/1\.1 2/.test(said)) socket.end()
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      said === '' && error.code !== 'ECONNRESET' ? reject(error) : resolve(said),
    )
    socket.on('close', () => resolve(said))
    socket.write(`${fill(head)}${length}\r\n\r\n${filled}`)
  })
}
