// Inbound backpressure, which gossipsub has none of: a peer whose messages are not examined in time is read no further (T1).
import type { Node } from './libp2p.ts'

export type Brake = {
  /** A message of this peer is being examined. */
  readonly taken: (peer: string) => void
  /** It was. */
  readonly done: (peer: string) => void
}

/** Pauses a peer's stream at `most` messages under examination, resumes it at a quarter of that. */
export function createBrake(router: Pick<Node['router'], 'streamsInbound'>, most = MOST): Brake {
  const pending = new Map<string, number>()
  const paused = new Set<string>()
  const streamOf = (peer: string) => router.streamsInbound.get(peer)?.rawStream
  return {
    taken(peer) {
      const count = (pending.get(peer) ?? 0) + 1
      pending.set(peer, count)
      if (count < most || paused.has(peer)) return
      paused.add(peer)
      streamOf(peer)?.pause()
    },
    done(peer) {
      const count = (pending.get(peer) ?? 1) - 1
      if (count > 0) pending.set(peer, count)
      else pending.delete(peer)
      if (count > most / 4 || !paused.delete(peer)) return
      streamOf(peer)?.resume()
    },
  }
}

/** Messages of one peer. */
const MOST = 64
