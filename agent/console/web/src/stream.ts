// The line to the server: server-sent events over fetch, so that the token travels in a header. Comes back by itself
// and says where it was.

/** What is heard. */
export type Heard = {
  readonly event: (name: string, data: string) => void
  readonly state: (state: 'open' | 'lost' | 'refused') => void
}

/** A stream that was opened. */
export type Line = { readonly close: () => void }

let lastId = ''

/** Opens a stream and keeps it open until it is closed. */
export function listen(path: string, token: string, heard: Heard): Line {
  let over = false
  let current: AbortController | undefined
  let pause = 500
  const run = async (): Promise<void> => {
    while (!over) {
      current = new AbortController()
      const ended = await once(path, token, { heard, signal: current.signal, opened: () => (pause = 500) })
      if (over || ended === 'refused') return
      heard.state('lost')
      await new Promise((done) => setTimeout(done, pause))
      pause = Math.min(8_000, pause * 1.7)
    }
  }
  void run()
  return {
    close: () => {
      over = true
      current?.abort()
    },
  }
}

type Once = { readonly heard: Heard; readonly signal: AbortSignal; readonly opened: () => void }

/** One connection, until it ends. */
async function once(path: string, token: string, { heard, signal, opened }: Once): Promise<'refused' | 'ended'> {
  const headers = { authorization: `Bearer ${token}`, ...(lastId !== '' && { 'last-event-id': lastId }) }
  try {
    const response = await fetch(path, { headers, signal, cache: 'no-store' })
    if (response.status === 401) {
      heard.state('refused')
      return 'refused'
    }
    if (!response.ok || response.body === null) return 'ended'
    heard.state('open')
    opened()
    await read(response.body, heard)
  } catch {
    // Gone: the caller says so and tries again.
  }
  return 'ended'
}

/** Forgets the cursor: the next stream begins with what the page loads anew. */
export const startFrom = (seq: number): void => {
  lastId = String(seq)
}

async function read(body: ReadableStream<Uint8Array>, heard: Heard): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) take(block, heard)
  }
}

function take(block: string, heard: Heard): void {
  let [name, data] = ['message', '']
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) lastId = line.slice(4)
    else if (line.startsWith('event: ')) name = line.slice(7)
    else if (line.startsWith('data: ')) data += line.slice(6)
  }
  if (data !== '') heard.event(name, data)
}
