// A fast lane: prices to peers that were chosen, over one stream that stays open, because a hop of gossip costs a millisecond.
// The connection says who speaks; what is said is checked like gossip.
import type { Connection, Stream } from '@libp2p/interface'
import * as frames from 'it-length-prefixed'
import type { Libp2p } from 'libp2p'
import type { Verdict } from '../../domain/message.ts'
import type { Report } from './links.ts'
import { TOPICS } from './topics.ts'

export type Lanes = {
  /** Sends a price on every open lane. A lane that is not keeping up misses it: the next price is worth more. */
  readonly send: (bytes: Uint8Array) => void
  /** Peers at the other end. */
  readonly open: () => readonly string[]
}

export type Laying = {
  readonly host: Libp2p
  readonly protocol: string
  /** Multiaddrs of chosen peers, with their peer ids: lanes are opened to them, and accepted from them and the bonded. */
  readonly chosen: readonly string[]
  readonly bonded: (peer: string) => boolean
  readonly receive: (bytes: Uint8Array, peer: string) => Promise<Verdict>
  readonly report: Report
  readonly signal: AbortSignal
}

/** Opens lanes as their peers connect, and again when they come back. */
export async function layLanes({ host, protocol, chosen, ...laying }: Laying): Promise<Lanes> {
  const lanes = new Map<string, Stream>()
  const ids = new Set(chosen.map((address) => address.split('/p2p/')[1] ?? ''))
  const { bonded, receive, report, signal } = laying
  const run = async (stream: Stream, peer: string): Promise<void> => {
    lanes.get(peer)?.abort(new Error('replaced by a newer lane'))
    lanes.set(peer, stream)
    report({ kind: 'lane', peer })
    await listen(stream, peer, receive).catch(() => {}) // However a lane ends, gossip carries the prices meanwhile.
    if (lanes.get(peer) === stream) lanes.delete(peer)
  }
  await host.handle(protocol, (stream, { remotePeer }) => {
    const peer = remotePeer.toString()
    if (ids.has(peer) || bonded(peer)) return run(stream, peer)
    return stream.abort(new Error('no lane for a stranger'))
  })
  const lay = async ({ remotePeer, direction }: Connection): Promise<void> => {
    const peer = remotePeer.toString()
    if (direction !== 'outbound' || !ids.has(peer) || lanes.has(peer)) return
    await run(await host.dialProtocol(remotePeer, protocol, { signal }), peer)
  }
  const opened = ({ detail }: { readonly detail: Connection }): void => void lay(detail).catch(() => {}) // It offers no lane.
  host.addEventListener('connection:open', opened, { signal })
  return {
    send(bytes) {
      const frame = frames.encode.single(bytes)
      for (const stream of lanes.values())
        if (stream.writeStatus === 'writable' && !stream.writableNeedsDrain) stream.send(frame.sublist())
    },
    open: () => [...lanes.keys()],
  }
}

/** Ends the lane at the first frame that does not verify: who was chosen does not lie. */
async function listen(stream: Stream, peer: string, receive: Laying['receive']): Promise<void> {
  for await (const frame of frames.decode(stream, { maxDataLength: TOPICS.price.maxSize })) {
    const { kind } = await receive(frame.subarray(), peer)
    if (kind === 'reject') return stream.abort(new Error('a price did not verify'))
  }
}
