// Keeps the node connected: dials with patience, redials what was lost, drops what went silent or hostile.
import { setTimeout as wait } from 'node:timers/promises'
import type { Connection, PeerId, PeerInfo } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { CaughtUp } from './catch-up.ts'
import type { Node } from './libp2p.ts'
import { THRESHOLDS } from './scores.ts'

/** What an operator may want to see. */
export type GossipEvent =
  | { readonly kind: 'connected' | 'lost'; readonly peer: string; readonly address: string }
  | { readonly kind: 'unreachable'; readonly address: string; readonly reason: string }
  | {
      readonly kind: 'stalled' | 'silent' | 'banned' | 'other-network' | 'stream-broken' | 'lane'
      readonly peer: string
    }
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'slow-signatures' }
  /** Where connections really arrive, said when peers are told something else. */
  | { readonly kind: 'listening'; readonly addresses: readonly string[] }
  | ({ readonly kind: 'caught-up' } & CaughtUp)

export type Report = (event: GossipEvent) => void

/** Dials one address until the signal fires, again whenever the connection is lost. */
export async function keepLinked({ host }: Node, address: string, report: Report, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const target = multiaddr(address)
      if (isOurselves(target, host.peerId)) return
      const connection = await host.dial(target, { signal })
      failures = 0
      await closed(connection, signal)
    } catch (error) {
      if (signal.aborted) return
      failures++
      report({ kind: 'unreachable', address, reason: reasonOf(error) })
    }
    await wait(backoff(failures), undefined, { signal }).catch(() => {}) // Only the signal ends the wait early.
  }
}

/**
 * Dials an agent that said where it is, while there is room for more links. Statuses repeat, so one attempt is enough;
 * a network whose bootstrap nodes are gone stays connected this way.
 */
export function meet({ host }: Node, addresses: readonly string[], report: Report, signal: AbortSignal): void {
  const known = host.getPeers().some((peer) => addresses.some((address) => address.endsWith(`/p2p/${peer}`)))
  if (known || addresses.length === 0 || host.getPeers().length >= ENOUGH_LINKS) return
  const dial = async (): Promise<void> => {
    const targets = addresses.map((address) => multiaddr(address))
    if (!targets.some((target) => isOurselves(target, host.peerId))) await host.dial(targets, { signal })
  }
  dial().catch((error: unknown) => {
    if (!signal.aborted) report({ kind: 'unreachable', address: addresses.join(), reason: reasonOf(error) })
  })
}

/** Meets whoever answers in the local network; discovery alone connects nobody. */
export function meetFound(node: Node, report: Report, signal: AbortSignal): void {
  const found = ({ detail: { id, multiaddrs } }: { readonly detail: PeerInfo }): void =>
    meet(
      node,
      multiaddrs.map((address) => `${address.toString().split('/p2p/')[0]}/p2p/${id}`),
      report,
      signal,
    )
  node.host.addEventListener('peer:discovery', found, { signal })
}

/** Links beyond which a node stops looking for more. */
const ENOUGH_LINKS = 16

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Milliseconds before dial `failures + 1`: doubling from 100 to 3000, because a partition that heals should be noticed. */
const backoff = (failures: number): number => Math.min(3_000, 100 * 2 ** Math.min(failures, 6))

const isOurselves = (target: Multiaddr, self: PeerId): boolean => target.toString().endsWith(`/p2p/${self}`)

async function closed(connection: Connection, signal: AbortSignal): Promise<void> {
  if (connection.status !== 'open' || signal.aborted) return
  const listening = new AbortController()
  const options = { once: true, signal: listening.signal }
  const ended = Promise.withResolvers<void>()
  connection.addEventListener('close', () => ended.resolve(), options)
  signal.addEventListener('abort', () => ended.resolve(), options)
  await ended.promise
  listening.abort()
}

/**
 * Reports connections and, every heartbeat, hangs up on peers that cannot be sent to (T3), answer no ping, broke their
 * stream, or fell below the ban score (T9).
 */
export function watchLinks({ host, router, ping }: Node, bans: Bans, report: Report, signal: AbortSignal): void {
  const silent = new Map<string, number>()
  const hangUp = (peer: PeerId, kind: 'stalled' | 'silent' | 'stream-broken' | 'banned'): void => {
    report({ kind, peer: peer.toString() })
    host.hangUp(peer).catch(() => {}) // A connection that fails to close in order is aborted by libp2p.
  }
  const strange = createStrangers(router, report)
  const pulse = createPulse(ping, (peer) => hangUp(peer, 'silent'))
  const stalled = (id: string): boolean => {
    const beats = router.streamsOutbound.has(id) ? 0 : (silent.get(id) ?? -OPENING_BEATS) + 1
    if (beats < MAX_SILENT_BEATS) silent.set(id, beats)
    else silent.delete(id)
    return beats >= MAX_SILENT_BEATS
  }
  const inspect = (peer: PeerId): void => {
    const id = peer.toString()
    pulse.feel(peer)
    if (strange.look(id) === 'broken') hangUp(peer, 'stream-broken')
    const mute = stalled(id)
    if (router.getScore(id) < THRESHOLDS.graylistThreshold) {
      bans.add(id)
      hangUp(peer, 'banned')
    } else if (mute) hangUp(peer, 'stalled')
  }
  router.addEventListener('gossipsub:heartbeat', () => host.getPeers().forEach(inspect), { signal })
  host.addEventListener('connection:open', ({ detail }) => report(told('connected', detail)), { signal })
  host.addEventListener('connection:close', ({ detail }) => report(told('lost', detail)), { signal })
  host.addEventListener(
    'peer:disconnect',
    ({ detail }) => {
      silent.delete(detail.toString())
      strange.forget(detail.toString())
      pulse.forget(detail.toString())
    },
    { signal },
  )
}

/** Tells, once per connection, of peers that speak of another network, and which broke their stream while they stayed. */
function createStrangers(router: Node['router'], report: Report) {
  const beats = new Map<string, number>()
  const spoke = new Set<string>()
  const isOurs = (peer: string): boolean =>
    router.getTopics().some((topic) => router.getSubscribers(topic).some((one) => one.toString() === peer))
  return {
    look(peer: string): 'broken' | undefined {
      const seen = (beats.get(peer) ?? 0) + 1
      beats.set(peer, seen)
      if (seen === OPENING_BEATS && !isOurs(peer)) report({ kind: 'other-network', peer })
      if (router.streamsInbound.has(peer)) spoke.add(peer)
      else if (spoke.delete(peer)) return 'broken'
      return undefined
    },
    forget(peer: string): void {
      beats.delete(peer)
      spoke.delete(peer)
    },
  }
}

/**
 * Finds connections whose other end is gone without a word: a cut cable keeps them open for minutes. Patient, because a
 * starved machine is late and not gone, and a wait that our own process slept through says nothing.
 */
function createPulse(ping: Node['ping'], gone: (peer: PeerId) => void) {
  const beats = new Map<string, number>()
  const missed = new Map<string, number>()
  const miss = (peer: PeerId, waited: number): void => {
    const id = peer.toString()
    if (!beats.has(id) || waited > 2 * PING_PATIENCE) return
    const misses = (missed.get(id) ?? 0) + 1
    missed.set(id, misses)
    if (misses >= MISSES) gone(peer)
  }
  return {
    feel(peer: PeerId): void {
      const id = peer.toString()
      const beat = (beats.get(id) ?? 0) + 1
      beats.set(id, beat)
      if (beat % PING_BEATS !== 0) return
      const asked = performance.now()
      ping(peer, AbortSignal.timeout(PING_PATIENCE)).then(
        () => missed.delete(id),
        () => miss(peer, performance.now() - asked),
      )
    },
    forget(peer: string): void {
      beats.delete(peer)
      missed.delete(peer)
    },
  }
}

/** Heartbeats between pings, milliseconds for an answer, and answers in a row that may be missing. */
const [PING_BEATS, PING_PATIENCE, MISSES] = [7, 5_000, 4] as const

/** Heartbeats without an outbound stream after which a connected peer is hung up on, to be dialled again. */
const MAX_SILENT_BEATS = 4
/** Heartbeats that a new connection may take for its first stream: a starved machine is slow, not broken. */
const OPENING_BEATS = 16

const told = (kind: 'connected' | 'lost', connection: Connection): GossipEvent => ({
  kind,
  peer: connection.remotePeer.toString(),
  address: connection.remoteAddr.toString(),
})

export type Bans = { readonly add: (peer: string) => void; readonly admits: (peer: string) => boolean }

/** Peers refused for `length` milliseconds. */
export function createBans(now: () => number, length = 300_000, capacity = 4_096): Bans {
  const until = new Map<string, number>()
  return {
    add(peer) {
      if (until.size >= capacity) until.clear()
      until.set(peer, now() + length)
    },
    admits: (peer) => (until.get(peer) ?? 0) <= now(),
  }
}
