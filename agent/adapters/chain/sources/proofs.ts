// Proofs by our own node. A source may wait longer than nodes remember (geth forgets what is 128 blocks old), so that the
// last proofs are kept for when no node gives them any more; while one does, its word is newer than a reorganisation.
import { LienmeshError, unavailable } from '../../../domain/errors.ts'
import type { StorageProof } from '../../../domain/message.ts'
import { type Counter, slotOf } from './counter.ts'
import type { Elsewhere, Ground } from './testimony.ts'

type Reader = Elsewhere['reader']

/** Proofs of counters at a block. Throws E_PROOF_GONE for a block that no node proves any more. */
export async function proofOf(
  { other: { reader }, origin }: Pick<Ground, 'other' | 'origin'>,
  counters: readonly Counter[],
  number: bigint,
): Promise<StorageProof> {
  const slots = counters.map(slotOf)
  const name = [number, origin, ...slots].join()
  try {
    return keep(reader, name, await reader.proof(origin, slots, number))
  } catch (error) {
    if (!(await isForgotten(reader, number, error))) throw error
    return proofs.get(reader)?.get(name) ?? gone(reader, number, error)
  }
}

/** Whether a block can be proven still, as far as our node shows. */
export const isProvable = (ground: Pick<Ground, 'other' | 'origin'>, number: bigint): Promise<boolean> =>
  proofOf(ground, [], number).then(
    () => true,
    (error: unknown) => {
      if (isGone(error)) return false
      throw error
    },
  )

/** Whether that is why a proof was refused. */
export const isGone = (error: unknown): boolean => error instanceof LienmeshError && error.code === PROOF_GONE

/** The code of the error. */
export const PROOF_GONE = 'E_PROOF_GONE'

function keep(reader: Reader, name: string, proof: StorageProof): StorageProof {
  const kept = proofs.get(reader) ?? new Map<string, StorageProof>()
  proofs.set(reader, kept)
  for (const oldest of kept.keys()) {
    if (kept.size < MOST) break
    kept.delete(oldest)
  }
  kept.set(name, proof)
  return proof
}

const proofs = new WeakMap<Reader, Map<string, StorageProof>>()

/** Of one chain; each is a few kilobytes. */
const MOST = 256

/** Whether nodes may refuse a proof because of its age. */
async function isForgotten(reader: Reader, number: bigint, error: unknown): Promise<boolean> {
  if (!(error instanceof LienmeshError) || error.remedy !== 'retry') return false
  const { number: tip } = await reader.latest()
  return tip - number > REMEMBERED
}

/** Blocks whose proofs every node has. */
const REMEMBERED = 64n

function gone(reader: Reader, number: bigint, cause: unknown): never {
  throw unavailable(
    PROOF_GONE,
    `No node of chain ${reader.id} proves block ${number} any more.`,
    'Nothing: a newer root is taken. Nodes that keep more history save the wait for it.',
    cause,
  )
}
