// The network on a thread of its own, behind the same port: what it does never holds up a decision.
import type { OfferRequest, Verdict, Verified } from '../../../domain/message.ts'
import type { Gossip } from '../../../ports/gossip.ts'
import { type Counters, createCounters } from '../counters.ts'
import type { GossipOptions } from '../node.ts'
import { type Answerer, notServed } from '../offers.ts'
import { createReaders, type ReadersHere } from '../readers.ts'
import { openCrew, type StartThread, startWorker } from './crew.ts'

/** Joins the network from another thread. Resolves once the node listens there. */
export async function joinGossipApart(options: GossipOptions, start: StartThread = startWorker): Promise<Gossip> {
  const counters = createCounters()
  const readers = createReaders((kind) => counters.dropped(kind, 'queue-full'))
  let answerer: Answerer = notServed
  const duties = { hear: hearing(options, counters, readers), answer: (request: OfferRequest) => answerer(request) }
  const crew = await openCrew(options, duties, start)
  void readers.read.then(crew.read)
  const stop = once(async () => {
    readers.close()
    await crew.stop()
  })
  options.signal.addEventListener('abort', () => void stop(), { once: true })
  if (options.signal.aborted) await stop()
  return {
    get peerId() {
      return crew.standing().peerId
    },
    get addresses() {
      return crew.standing().addresses
    },
    async publish(kind, payload) {
      await crew.line().call('publish', kind, payload)
      counters.published(kind)
    },
    messages: readers.messages,
    ask: (provider, request, timeout) => crew.line().call('ask', provider, request, timeout),
    serve(answer) {
      answerer = answer
      crew.serve()
    },
    peers: () => crew.standing().peers,
    stats: () => statsOf(counters, crew.standing().rejected),
    stop,
  }
}

/** A message that verified over there is judged here, and counted here. */
function hearing({ now }: GossipOptions, counters: Counters, readers: ReadersHere) {
  return (message: Verified): Verdict => {
    const heard: Verified = { ...message, receivedAt: now() }
    if (heard.kind === 'price') counters.latency(heard.receivedAt, heard.receivedAt - heard.payload.sequence)
    const verdict = readers.hear(heard)
    if (verdict.kind === 'accept') counters.accepted(heard.kind)
    else counters.dropped(heard.kind, 'judged')
    return verdict
  }
}

/** Verdicts are counted where they are given, all other refusals over there. */
function statsOf(counters: Counters, rejected: Readonly<Record<string, number>>) {
  const own = counters.read()
  const there = Object.entries(rejected).filter(([label]) => !label.endsWith(':judged'))
  return { ...own, rejected: { ...Object.fromEntries(there), ...own.rejected } }
}

/** Leaves once, however often it is asked. */
function once(leave: () => Promise<void>): () => Promise<void> {
  let left: Promise<void> | undefined
  return () => {
    left ??= leave()
    return left
  }
}
