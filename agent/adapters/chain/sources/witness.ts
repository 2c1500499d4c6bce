// What it takes to make a source believe counters of another chain: one entry per kind of source.
import type { Source } from '../../../domain/network.ts'
import { attestedWitness, opL1BlockWitness } from './headers.ts'
import { messageWitness } from './message.ts'
import { optimisticWitness } from './optimistic.ts'
import { quorumWitness } from './quorum.ts'
import { type Ground, secondsNow, type Witness } from './testimony.ts'

/** Opens a source of any kind. */
export function openWitness(ground: Ground, source: Source): Witness {
  switch (source.kind) {
    case 'attested':
      return attestedWitness(ground, source)
    case 'op-l1-block':
      return opL1BlockWitness(ground, source)
    case 'optimistic':
      return optimisticWitness(ground, source)
    case 'message':
      return messageWitness(ground, source)
    case 'quorum':
      return quorumWitness(
        source,
        source.of.map((one) => openWitness(ground, one)),
        () => secondsNow(ground),
      )
  }
}
