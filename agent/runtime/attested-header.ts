// A block that a quorum attested, with the header that a contract on the other chain can check.
import type { AttestedHeader, ChainReader } from '../ports/chain.ts'
import type { AttestedBlock, Roots } from './roots.ts'

type Chain = Pick<ChainReader, 'id' | 'header'>

/** The newest attested block at or above `atLeast`; undefined while there is none or our own node has another one. */
export const attestedHeader = (roots: Roots, chain: Chain, atLeast: bigint): Promise<AttestedHeader | undefined> =>
  headerOf(chain, roots.newest(chain.id, atLeast))

/** The lowest attested block at or above `atLeast`. */
export const attestedFrom = (roots: Roots, chain: Chain, atLeast: bigint): Promise<AttestedHeader | undefined> =>
  headerOf(chain, roots.lowest(chain.id, atLeast))

async function headerOf(chain: Chain, block: AttestedBlock | undefined): Promise<AttestedHeader | undefined> {
  if (block === undefined) return undefined
  const { rlp, head } = await chain.header(block.number)
  if (head.hash !== block.hash) return undefined
  return { chain: block.chain, number: block.number, header: rlp, attestations: block.attestations }
}
