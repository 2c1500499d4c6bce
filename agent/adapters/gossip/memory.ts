// Peers of earlier lives: a node whose bootstrap nodes are gone finds back to those that it met.
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Node } from './libp2p.ts'

export type Memory = {
  readonly known?: readonly string[]
  readonly remember?: (addresses: readonly string[]) => void
}

/** Dials whom it knew, once each, and writes down whom it reaches: the newest first, a few dozen. */
export function recall(
  { node: { host }, leaving }: { readonly node: Node; readonly leaving: AbortController },
  { known = [], remember }: Memory,
): void {
  const { signal } = leaving
  // Whoever is not there any more is simply not met again.
  for (const address of known.slice(0, MOST)) host.dial(multiaddr(address), { signal }).catch(() => {})
  if (remember === undefined) return
  let met: readonly string[] = known
  const meet = ({ detail }: { readonly detail: Connection }): void => {
    if (detail.direction !== 'outbound') return
    const address = withPeer(detail)
    met = [address, ...met.filter((one) => one !== address)].slice(0, MOST)
    remember(met)
  }
  host.addEventListener('connection:open', meet, { signal })
}

const MOST = 32

const withPeer = ({ remoteAddr, remotePeer }: Connection): string => {
  const address = remoteAddr.toString()
  return address.includes('/p2p/') ? address : `${address}/p2p/${remotePeer}`
}
