// Server-sent events. A client is a cursor into the rings of the chronicle: nothing is buffered for it, and one that
// comes back says where it was.
import type { ServerResponse } from 'node:http'
import type { Chronicle } from '../chronicle/chronicle.ts'
import { decisionLine, logLine } from '../view/lines.ts'
import type { Views } from '../view/words.ts'
import { asJson, openStream } from './reply.ts'

/** What a client wants: rows of these kinds, and one page's data once a second. */
export type Wanted = {
  readonly since: number
  readonly rows: readonly string[]
  readonly view: keyof Views | undefined
}

/** Every open stream. */
export type Streams = {
  /** False when there are too many. */
  open(response: ServerResponse, wanted: Wanted): boolean
  readonly size: number
  close(): void
}

export type StreamParts = {
  readonly chronicle: Chronicle
  readonly view: (name: keyof Views) => Promise<unknown>
}

/** Streams at most, rows per message, and bytes that may wait for a client before it is let go. */
const [MOST_STREAMS, MOST_ROWS, MOST_WAITING] = [12, 400, 1_048_576]
const [ROWS_EVERY, VIEW_EVERY] = [250, 1_000]

type Client = {
  readonly response: ServerResponse
  readonly wanted: Wanted
  sent: number
  viewed: number
  last: string
  busy: boolean
}

/** Serves streams; its clock stands still while there is none. */
export function createStreams({ chronicle, view }: StreamParts): Streams {
  const clients = new Set<Client>()
  let timer: NodeJS.Timeout | undefined
  const leave = (client: Client): void => {
    clients.delete(client)
    if (clients.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const beat = (): void => {
    for (const client of clients) {
      if (client.response.writableLength > MOST_WAITING) client.response.destroy()
      else if (client.response.writableLength === 0) tell(client)
    }
  }
  const tell = (client: Client): void => {
    tellRows(chronicle, client)
    if (client.wanted.view === undefined || client.busy || performance.now() - client.viewed < VIEW_EVERY) return
    client.busy = true
    void tellView(view(client.wanted.view), client).finally(() => {
      client.busy = false
    })
  }
  return {
    open(response, wanted) {
      if (clients.size >= MOST_STREAMS) return false
      const client = { response, wanted, sent: wanted.since, viewed: Number.NEGATIVE_INFINITY, last: '', busy: false }
      clients.add(client)
      response.on('close', () => leave(client)).on('error', () => leave(client))
      openStream(response)
      response.write(`retry: 1000\n\n`)
      tell(client)
      timer ??= setInterval(beat, ROWS_EVERY)
      return true
    },
    get size() {
      return clients.size
    },
    close() {
      for (const { response } of clients) response.destroy()
    },
  }
}

/** What is new since the cursor; says so when the ring has forgotten some of it. */
function tellRows({ rows, decisions, seq }: Chronicle, client: Client): void {
  const { wanted, response } = client
  // A cursor from another life of the server starts again.
  if (client.sent > seq) client.sent = 0
  if (wanted.rows.length === 0 || client.sent === seq) return
  const news = rows.all().filter((row) => row.seq > client.sent)
  const some = news.slice(0, MOST_ROWS)
  const upTo = news.length > MOST_ROWS ? (some.at(-1)?.seq ?? seq) : seq
  const missed = (some[0]?.seq ?? 0) > client.sent + 1 && rows.size > 0 && (rows.all()[0]?.seq ?? 0) > client.sent + 1
  const body = {
    decisions: wanted.rows.includes('decisions')
      ? decisions
          .all()
          .filter((one) => one.seq > client.sent && one.seq <= upTo)
          .map(decisionLine)
      : [],
    logs: wanted.rows.includes('logs') ? some.map(logLine) : [],
  }
  client.sent = upTo
  if (missed) response.write(`event: missed\ndata: {}\n\n`)
  response.write(`id: ${upTo}\nevent: rows\ndata: ${asJson(body)}\n\n`)
}

/** One page's data, when it changed. */
async function tellView(view: Promise<unknown>, client: Client): Promise<void> {
  client.viewed = performance.now()
  const text = asJson(await view.catch((error: unknown) => ({ error: String(error) })))
  const changed = text.replace(/"at":\d+/, '')
  if (client.response.destroyed) return
  if (changed === client.last) {
    client.response.write(': still\n\n')
    return
  }
  client.last = changed
  client.response.write(`event: view\ndata: ${text}\n\n`)
}
