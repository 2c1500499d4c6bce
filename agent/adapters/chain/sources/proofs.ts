// Proofs by our own node, kept because a source may wait longer than nodes remember: geth forgets what is 128 blocks old.
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
  const kept = keptBy(reader)
  const known = kept.get(name)
  if (known !== undefined) return known
  const proof = await reader.proof(origin, slots, number).catch((error: unknown) => refused(reader, number, error))
  for (const oldest of kept.keys()) {
    if (kept.size < MOST) break
    kept.delete(oldest)
  }
  kept.set(name, proof)
  return proof
}

/** Whether a block can be proven still, as far as our node shows. */
export const isProvable = (ground: Pick<Ground, 'other' | 'origin'>, number: bigint): Promise<boolean> =>
  proofOf(ground, [], number).then(
    () => true,
    (error: unknown) => {
      if (error instanceof LienmeshError && error.code === PROOF_GONE) return false
      throw error
    },
  )

/** The code of the error. */
export const PROOF_GONE = 'E_PROOF_GONE'

const keptBy = (reader: Reader): Map<string, StorageProof> => {
  const kept = proofs.get(reader) ?? new Map<string, StorageProof>()
  proofs.set(reader, kept)
  return kept
}

const proofs = new WeakMap<Reader, Map<string, StorageProof>>()

/** Of one chain; each is a few kilobytes. */
const MOST = 256

/** Blocks whose proofs every node has. */
const REMEMBERED = 64n

async function refused(reader: Reader, number: bigint, error: unknown): Promise<never> {
  if (!(error instanceof LienmeshError) || error.remedy !== 'retry') throw error
  const { number: tip } = await reader.latest()
  if (tip - number <= REMEMBERED) throw error
  throw unavailable(
    PROOF_GONE,
    `No node of chain ${reader.id} proves block ${number} any more; the newest is ${tip}.`,
    'Nothing: a newer root is taken. Nodes that keep more history save the wait for it.',
    error,
  )
}
