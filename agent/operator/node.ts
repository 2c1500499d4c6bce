// One node of a chain, for commands that an owner runs by hand.
import { getBlock, getChainId } from 'viem/actions'
import type { AgentConfig } from '../../config/schema.ts'
import { configError, unavailable } from '../domain/errors.ts'
import { type Node, nodeAt } from '../runtime/doctor/nodes.ts'

/** The first endpoint of a chain that answers. E_CHAIN_ID when it serves another chain, E_RPC_DOWN when none answers. */
export async function nodeOf({ id, rpc }: Pick<AgentConfig['chains'][number], 'id' | 'rpc'>): Promise<Node> {
  for (const url of rpc) {
    const node = nodeAt(url)
    const found = await getChainId(node).catch(() => undefined) // The next endpoint may do better.
    if (found === id) return node
    if (found !== undefined)
      throw configError('E_CHAIN_ID', `Expected chain ${id} at ${url}, found ${found}.`, 'Correct rpc in the config.')
  }
  const places = rpc.map((url) => new URL(url).origin).join(', ')
  throw unavailable(
    'E_RPC_DOWN',
    `chain ${id}: no answer from ${places}`,
    'Start the node, or correct rpc in the config.',
  )
}

/** Seconds of a chain's clock. */
export const chainTime = async (node: Node): Promise<bigint> => (await getBlock(node)).timestamp
