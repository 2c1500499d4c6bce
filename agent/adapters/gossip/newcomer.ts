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
  readonly signal: AbortSignal
  /** Told of every time that peers answered. */
  readonly caughtUp: (learned: CaughtUp) => void
}

/** Serves at once, asks when there is a reader and a peer, and again after all peers were lost. */
export async function joinSync(joining: Joining): Promise<void> {
  const { host, network, witness, inbound, shelf, signal, caughtUp } = joining
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
  void inbound.read.then(() => keepUp(host, learn, signal)).catch(() => {})
}

async function keepUp(host: Libp2p, learn: (peers: readonly PeerId[]) => Promise<boolean>, signal: AbortSignal) {
  for (let current = false; !signal.aborted; await pause(signal)) {
    const peers = host.getPeers()
    if (peers.length === 0) current = false
    else if (!current) current = await learn(peers)
  }
}

/** Milliseconds between looks at who is connected. */
const LOOK = 250

const pause = (signal: AbortSignal): Promise<void> => wait(LOOK, undefined, { signal }).catch(() => {}) // It is over.
