// Somebody else with our key: a status that it signed, and that we did not say. Two agents with one key fight over nonces.
import type { Status } from '../domain/message.ts'
import type { Context } from './context.ts'

/** Compares what is heard in our name with what we said. */
export type SecondCopy = {
  /** We sign a status of this sequence. */
  said(sequence: number): void
  /** A verified status, whoever said it. */
  heard(status: Pick<Status, 'agent' | 'sequence'>): void
}

type Watching = Pick<Context, 'signer' | 'clock' | 'emit' | 'tell'>

/** Statuses older than this run are those of an earlier one. Stops bidding once; settlements go on. */
export function createSecondCopy(context: Watching): SecondCopy {
  const { signer, clock, emit } = context
  const [own, began] = [new Set<number>(), clock.now()]
  let told = false
  return {
    said: (sequence) => void own.add(sequence),
    heard({ agent, sequence }) {
      const ours = agent.toLowerCase() === signer.address.toLowerCase()
      if (!ours || told || own.has(sequence) || sequence <= began || signer.unable() !== undefined) return
      told = true
      const detail = `another agent signs with the key of ${signer.address}: give each agent a key of its own, then resume`
      const halt = { reason: 'second-copy', detail, at: clock.now() } as const
      emit('alarm', { code: 'E_KEY_TWICE', detail })
      context.tell({ kind: 'halt', halt })
    },
  }
}
