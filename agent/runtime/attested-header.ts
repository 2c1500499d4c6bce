// A block that a quorum attested, with the header that a contract on the other chain can check.
import type { AttestedHeader, ChainReader } from '../ports/chain.ts'
import type { Roots } from './roots.ts'

/** The newest attested block at or above `atLeast`; undefined while there is none or our own node has another one. */
export async function attestedHeader(
  roots: Roots,
  chain: Pick<ChainReader, 'id' | 'header'>,
  atLeast: bigint,
): Promise<AttestedHeader | undefined> {
  const block = roots.newest(chain.id, atLeast)
  if (block === undefined) return undefined
  const { rlp, head } = await chain.header(block.number)
  if (head.hash !== block.hash) return undefined
  return { chain: block.chain, number: block.number, header: rlp, attestations: block.attestations }
}
