// Keeps a thread of the network alive. One that dies takes nothing with it: this thread goes on with its own chain links,
// says so, and starts another.
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Verdict, Verified } from '../../../domain/message.ts'
import { instant } from '../../../domain/units.ts'
import type { GossipOptions } from '../node.ts'
import type { Answerer } from '../offers.ts'
import { type End, type Line, openLine } from './line.ts'
import { type Deciding, fromRecord, type Joining, type Networking, type Seen, type Voices } from './protocol.ts'
import { follow, openRing, ringMemory } from './ring.ts'

/** What this thread does for the other one. */
export type Duties = { readonly hear: (message: Verified) => Verdict; readonly answer: Answerer }

export type Crew = {
  /** The line to the thread that is there now. */
  readonly line: () => Line<Networking>
  readonly standing: () => Standing
  /** From now on somebody reads, and offers are answered; a later thread is told too. */
  readonly read: () => void
  readonly serve: () => void
  readonly stop: () => Promise<void>
}

type Standing = Seen & { readonly peerId: string }

/** Starts a thread and joins the network there; rejects when the first one does not. */
export async function openCrew(options: GossipOptions, duties: Duties, start: StartThread): Promise<Crew> {
  const { report = () => undefined } = options
  const told: ('read' | 'serve')[] = []
  let stopping = false
  let standing: Standing
  const seen = (now: Seen): void => {
    standing = { ...standing, ...now }
  }
  const embark = async (): Promise<ReturnType<typeof aboard>> => {
    const thread = aboard(start, offeredBy(options, duties, seen), duties)
    const joining = { ...portable(options), voices: voicesOf(options), ahead: options.now() - Date.now() }
    standing = await thread.line.call('join', joining)
    return thread
  }
  let thread = await embark()
  const keepUp = async (): Promise<void> => {
    for (let why = await thread.gone; !stopping; why = await thread.gone) {
      standing = { ...standing, peers: [] }
      report({ kind: 'fault', reason: `the thread of the network ended: ${why}` })
      await wait(AGAIN)
      if (stopping) return
      thread = await embark().catch(() => thread) // It failed too, and is gone: the next turn says so.
      for (const order of told) thread.line.tell(order)
    }
  }
  void keepUp()
  const speaking = setInterval(() => thread.line.tell('hear', voicesOf(options)), VOICES)
  const order = (one: 'read' | 'serve') => (): void => {
    told.push(one)
    thread.line.tell(one)
  }
  return {
    line: () => thread.line,
    standing: () => standing,
    read: order('read'),
    serve: order('serve'),
    async stop() {
      stopping = true
      clearInterval(speaking)
      await thread.line.call('stop').catch(() => undefined) // It is gone already.
      await thread.end()
    },
  }
}

/** Milliseconds before another thread is started, and between looks at who may speak. */
const AGAIN = 1_000
const VOICES = 1_000

const offeredBy = (options: GossipOptions, { hear, answer }: Duties, seen: (now: Seen) => void): Deciding => ({
  judge: hear,
  believed: (chain, number, hash) => options.trust.trusted(chain, number, hash),
  answer: (request) => answer(request),
  report: (event) => options.report?.(event),
  remember: (addresses) => options.remember?.(addresses),
  seen,
})

const voicesOf = ({ network, trust }: GossipOptions): Voices => ({
  publishers: network.publishers.filter((one) => trust.publisher(one)),
  attestors: network.attestors.filter((one) => trust.attestor(one)),
})

/** What can be cloned. */
function portable(options: GossipOptions): Omit<Joining, 'voices' | 'ahead'> {
  const { trust: _, now: __, signal: ___, remember: ____, report: _____, readers: ______, ...rest } = options
  return rest
}

/** The other side: where it is spoken to, how it ended, and how to end it. */
export type Thread = {
  readonly port: End
  readonly gone: Promise<string>
  readonly end: () => Promise<unknown>
}

/** Starts the other side of a ring. */
export type StartThread = (memory: SharedArrayBuffer) => Thread

/** As a thread of this process. */
export const startWorker: StartThread = (memory) => {
  const worker = new Worker(new URL('./network-thread.ts', import.meta.url), { workerData: memory })
  const gone = new Promise<string>((resolve) => {
    worker.once('error', (error: Error) => resolve(error.message))
    worker.once('exit', (code) => resolve(`exit ${code}`))
  })
  return { port: worker, gone, end: () => worker.terminate() }
}

function aboard(start: StartThread, offered: Deciding, { hear }: Duties) {
  const memory = ringMemory()
  const { port, gone, end } = start(memory)
  const line = openLine<Networking>(port, offered)
  const over = new AbortController()
  const price = (record: Uint8Array): void => {
    const found = fromRecord(record)
    if (found === undefined) return
    const { id, peer, batch } = found
    line.answer(id, hear({ kind: 'price', payload: batch, peer, receivedAt: instant(0) }))
  }
  void follow(openRing(memory), price, over.signal)
  const ended = gone.then((why) => {
    over.abort()
    line.cut(`the thread of the network ended: ${why}`)
    return why
  })
  return { line, gone: ended, end }
}
