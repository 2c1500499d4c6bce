// A block that a quorum attested, with the header that a contract on the other chain can check.
import type { AttestedHeader, ChainReader } from '../ports/chain.ts'
import type { AttestedBlock, Roots } from './roots.ts'

type Chain = Pick<ChainReader, 'id' | 'header'>

/** The newest attested block at or above `atLeast`; undefined while there is none or our own node has another one. */
export const attestedHeader = (roots: Roots, chain: Chain, atLeast: bigint): Promise<AttestedHeader | undefined> =>
  headerOf(roots, chain, roots.newest(chain.id, atLeast))

/** The lowest attested block at or above `atLeast`. */
export const attestedFrom = (roots: Roots, chain: Chain, atLeast: bigint): Promise<AttestedHeader | undefined> =>
  headerOf(roots, chain, roots.lowest(chain.id, atLeast))

/** What a peer sent hashes to the attested hash, so that it saves a question to our node; without it, we ask. */
async function headerOf(
  roots: Roots,
  chain: Chain,
  block: AttestedBlock | undefined,
): Promise<AttestedHeader | undefined> {
  if (block === undefined) return undefined
  const { number, hash, attestations } = block
  const header = roots.header(block.chain, number, hash) ?? (await ownHeader(chain, block))
  return header && { chain: block.chain, number, header, attestations }
}

async function ownHeader(chain: Chain, { number, hash }: AttestedBlock): Promise<AttestedHeader['header'] | undefined> {
  const { rlp, head } = await chain.header(number)
  return head.hash === hash ? rlp : undefined
}
