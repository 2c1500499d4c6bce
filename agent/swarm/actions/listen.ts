// A node of the run's own in the network of its agents.
import { setTimeout as sleep } from 'node:timers/promises'
import { joinGossip } from '../../adapters/gossip/node.ts'
import { unavailable } from '../../domain/errors.ts'
import { instant } from '../../domain/units.ts'
import type { Gossip } from '../../ports/gossip.ts'
import type { Acting } from './theatre.ts'

/** Joins and waits until somebody is there to hear it. */
export async function joinNetwork({ deployment, bootstrap, signal }: Acting): Promise<Gossip> {
  const { network } = deployment
  const gossip = await joinGossip({
    ...{ network, bootstrap, signal, listen: '127.0.0.1:0', now: () => instant(Date.now()), devnet: true },
    trust: {
      publisher: (address) => network.publishers.includes(address),
      attestor: (address) => network.attestors.includes(address),
      trusted: () => 'unknown',
    },
  })
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100, undefined, { signal })) {
    if (gossip.peers().some(({ mesh }) => mesh.includes('attestation'))) return gossip
  }
  await gossip.stop()
  throw unavailable(
    'E_PEERS',
    'nobody of the network answered',
    'Look at the log of the publishers in the run directory.',
  )
}

const PATIENCE = 10_000
