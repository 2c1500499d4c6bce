// How many peers of the mesh an agent has, said whenever it changes.
import { millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gossip } from '../ports/gossip.ts'
import { rest } from './tasks.ts'

/** What is watched, and where it is said. */
export type MeshWatch = {
  readonly gossip: Pick<Gossip, 'peers'>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly emit: (event: 'mesh:changed', fields: { readonly degree: number }) => void
}

/** Looks twice a second at the mesh of prices until the signal fires. */
export async function watchMesh({ gossip, clock, signal, emit }: MeshWatch): Promise<void> {
  for (let before: number | undefined; !signal.aborted; await rest(clock, EVERY, signal)) {
    const degree = gossip.peers().filter(({ mesh }) => mesh.includes('price')).length
    if (degree !== before) emit('mesh:changed', { degree })
    before = degree
  }
}

const EVERY = millis(500)
