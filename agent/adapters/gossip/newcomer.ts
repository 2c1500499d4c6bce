// Takes part in catching up: hands out what the node keeps, and learns what its peers keep once somebody reads.
import { setTimeout as wait } from 'node:timers/promises'
import type { PeerId } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import type { Verdict } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import { type CaughtUp, catchUp, createSessionTrust } from './catch-up.ts'
import { serveExchange } from './exchange.ts'
import type { Inbound } from './inbound.ts'
import type { Shelf } from './shelf.ts'
import { answerSync, syncExchange } from './sync.ts'
import { protocolPrefix } from './topics.ts'
import type { Statement } from './verify.ts'
import type { Witness } from './witness.ts'

/** What it takes of a node. */
export type Joining = {
  readonly host: Libp2p
  readonly network: Network
  readonly witness: Witness
  readonly inbound: Inbound
  readonly shelf: Shelf
  /** Peers that were cut off from us, or we from them. */
  readonly away: Set<string>
  readonly signal: AbortSignal
  /** Told of every time that peers answered. */
  readonly caughtUp: (learned: CaughtUp) => void
}

/** Serves at once, asks when there is a reader and a peer, and again after all peers were lost or some were cut off. */
export async function joinSync(joining: Joining): Promise<void> {
  const { host, network, witness, inbound, shelf, away, signal, caughtUp } = joining
  const exchange = syncExchange(protocolPrefix(network))
  await serveExchange(host, exchange, answerSync(shelf, witness.now))
  const learn = async (peers: readonly PeerId[]): Promise<boolean> => {
    const session = createSessionTrust(network, witness.trust)
    const valid = ({ kind, payload }: Statement): void => {
      if (kind === 'attestation') session.heard(payload)
    }
    const admit = (kind: Statement['kind'], bytes: Uint8Array, peer: string): Promise<Verdict> =>
      inbound.admit(kind, bytes, { peer, trust: session.trust, valid })
    const learned = await catchUp({ host, exchange, admit, knows: shelf.has, signal }, peers)
    if (learned.peers > 0) caughtUp(learned)
    return learned.peers > 0
  }
  // Learning ends with the node; whatever fails is asked of the next peer.
  void inbound.read.then(() => keepUp(host, away, learn, signal)).catch(() => {})
}

type Learn = (peers: readonly PeerId[]) => Promise<boolean>

async function keepUp(host: Libp2p, away: Set<string>, learn: Learn, signal: AbortSignal) {
  for (let current = false; !signal.aborted; await pause(signal)) {
    const peers = host.getPeers()
    if (peers.length === 0) current = false
    else if (!current) current = await learn(peers)
    const back = peers.filter((peer) => away.delete(peer.toString()))
    if (current && back.length > 0) await learn(back)
  }
}

/** Milliseconds between looks at who is connected. */
const LOOK = 250

const pause = (signal: AbortSignal): Promise<void> => wait(LOOK, undefined, { signal }).catch(() => {}) // It is over.
