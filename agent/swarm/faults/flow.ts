// Bytes on their way from one socket to another, as toxics let them: in order, but late, slowly or not at all.
import type { Socket } from 'node:net'
import type { Random } from '../../simulator/scenario/random.ts'

/** What happens to bytes of a link, in toxiproxy's words. Times in ms, rates in bytes a second, shares from 0 to 1. */
export type LinkToxic =
  | { readonly kind: 'latency'; readonly delay: number; readonly jitter: number }
  | { readonly kind: 'loss'; readonly share: number }
  | { readonly kind: 'bandwidth'; readonly rate: number }
  | { readonly kind: 'partition' }
  | { readonly kind: 'reset_peer'; readonly after: number }

/** One direction of a connection. */
export type Flow = {
  /** The toxics changed: what was held back may go on, or must wait. */
  changed(): void
}

/** Carries bytes until either end closes. `acting` are the toxics of this link now. */
export function carry(from: Socket, to: Socket, acting: () => readonly LinkToxic[], dice: Random): Flow {
  let [due, waiting, ended] = [0, 0, false]
  const settle = (): void => {
    const parted = acting().some(({ kind }) => kind === 'partition')
    if (parted || waiting > MOST || to.writableNeedDrain) from.pause()
    else from.resume()
    if (ended && waiting === 0 && !parted) to.end()
  }
  const give = (chunk: Buffer): void => {
    waiting -= chunk.length
    if (!to.destroyed) to.write(chunk)
    settle()
  }
  from.on('data', (chunk: Buffer) => {
    waiting += chunk.length
    const now = performance.now()
    due = Math.max(due, now + lateness(chunk.length, acting(), dice))
    if (due <= now) give(chunk)
    else setTimeout(give, due - now, chunk)
  })
  to.on('drain', settle)
  from.on('end', () => {
    ended = true
    settle()
  })
  from.on('close', (failed) => {
    if (failed) to.destroy()
  })
  from.on('error', () => to.destroy())
  return { changed: settle }
}

/** Bytes that may be under way before the sender is asked to wait. */
const MOST = 1_048_576

/** How much later so many bytes arrive. */
function lateness(bytes: number, toxics: readonly LinkToxic[], dice: Random): number {
  return toxics.reduce((late, toxic) => {
    if (toxic.kind === 'latency') return late + toxic.delay + dice() * toxic.jitter
    if (toxic.kind === 'bandwidth') return late + (bytes / toxic.rate) * 1_000
    return toxic.kind === 'loss' ? late + retransmissions(Math.ceil(bytes / SEGMENT), toxic.share, dice) : late
  }, 0)
}

/**
 * What losing segments costs a TCP stream: each lost one is sent again after the least retransmission timeout of Linux,
 * twice as long for every further time (RFC 6298, 5.5), and everything behind it waits. At most six times.
 */
function retransmissions(segments: number, share: number, dice: Random): number {
  let longest = 0
  for (let i = 0; i < segments; i++) {
    let [wait, next] = [0, TIMEOUT]
    for (let tries = 0; tries < 6 && dice() < share; tries++, next *= 2) wait += next
    longest = Math.max(longest, wait)
  }
  return longest
}

/** Bytes of a full segment on Ethernet, and milliseconds of the least retransmission timeout. */
const [SEGMENT, TIMEOUT] = [1_448, 200]
