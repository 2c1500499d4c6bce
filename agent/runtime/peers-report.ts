// Whom an agent hears: connected, of its network, in its mesh, rated; and if nobody is in the mesh, why.
import type { Address } from 'viem'
import { providerRating, routeRating } from '../core/ratings.ts'
import type { Core } from '../core/state.ts'
import type { Instant } from '../domain/units.ts'
import type { Gossip, PeerInfo } from '../ports/gossip.ts'

/** Why the mesh of prices is empty. */
export type Lonely = 'nobody-connected' | 'other-network' | 'all-scored-out' | 'forming'

export type PeersReport = ReturnType<typeof peersReport>

/** Everything there is to say of peers, and of the ratings that come of what they said. */
export function peersReport(
  gossip: Pick<Gossip, 'peers' | 'stats' | 'peerId'>,
  core: Core,
  { attestors, now }: { readonly attestors: readonly Address[]; readonly now: Instant },
) {
  const bonded = new Set(attestors.map((one) => one.toLowerCase()))
  const all = gossip.peers()
  const rows = all.map((peer) => ({
    ...peer,
    bonded: (peer.agents ?? []).some((agent) => bonded.has(agent.toLowerCase())),
    standing: standingOf(peer),
  }))
  const routes = core.setup.vaults.map(({ id }) => ({ vault: id, ...routeRating(core, now, id) }))
  const providers = [...core.ratings.promises.keys()].map((provider) => ({
    provider,
    ...providerRating(core, provider as Address),
  }))
  return {
    peerId: gossip.peerId,
    connected: all.length,
    sameNetwork: all.filter(({ topics }) => topics.length > 0).length,
    inMesh: all.filter(({ mesh }) => mesh.length > 0).length,
    lonely: whyLonely(all),
    peers: rows,
    ...{ routes, providers },
    refused: gossip.stats().rejected,
  }
}

/** Undefined while somebody is in the mesh of prices. */
export function whyLonely(peers: readonly PeerInfo[]): Lonely | undefined {
  if (peers.some(({ mesh }) => mesh.includes('price'))) return undefined
  if (peers.length === 0) return 'nobody-connected'
  const ours = peers.filter(({ topics }) => topics.length > 0)
  if (ours.length === 0) return 'other-network'
  return ours.every(({ score }) => score < 0) ? 'all-scored-out' : 'forming'
}

/** How far somebody has come: connected, then of our network, then in a mesh; a bad score undoes it. */
function standingOf({ topics, mesh, score }: PeerInfo): 'other-network' | 'scored-out' | 'connected' | 'in-mesh' {
  if (topics.length === 0) return 'other-network'
  if (mesh.length > 0) return 'in-mesh'
  return score < 0 ? 'scored-out' : 'connected'
}
