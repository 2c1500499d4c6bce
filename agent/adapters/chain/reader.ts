// What every chain gives, whatever its role: heads, headers, proofs, native coin.
import { type Address, type Hex, numberToHex } from 'viem'
import { getBalance, getProof } from 'viem/actions'
import { unavailable } from '../../domain/errors.ts'
import type { StorageProof } from '../../domain/message.ts'
import type { ChainReader } from '../../ports/chain.ts'
import { headerRlp, headOf } from './header.ts'
import { blockBy, type Heads } from './heads.ts'
import type { Rpc } from './rpc.ts'

/** A reader over one node. Throws E_BLOCK_MISSING for a block that the node does not have. */
export function openReader(rpc: Rpc, heads: Heads): ChainReader {
  return {
    id: rpc.chain,
    heads: (signal) => heads.follow(signal),
    latest: async () => (await blockBy(rpc, 'latest')) ?? missing(rpc, 'latest'),
    header: (number) => header(rpc, number),
    proof: (address, slots, number) => proof(rpc, address, slots, number),
    committable: rpc.committable,
    nativeBalance: (who) => rpc.ask((node) => getBalance(node, { address: who })),
  }
}

async function header(rpc: Rpc, number: bigint) {
  const params = [numberToHex(number), false] as const
  const block = await rpc.ask((node) => node.request({ method: 'eth_getBlockByNumber', params: [...params] }))
  if (!block) return missing(rpc, number)
  return { rlp: headerRlp({ ...block }), head: headOf(rpc.chain, block) }
}

/** EIP-1186. Slots come back in the order asked, under the keys asked: nodes differ in how they pad keys. */
async function proof(rpc: Rpc, address: Address, slots: readonly Hex[], number: bigint): Promise<StorageProof> {
  const answer = await rpc.ask((node) => getProof(node, { address, storageKeys: [...slots], blockNumber: number }))
  return {
    address,
    accountProof: answer.accountProof,
    slots: slots.map((key, i) => ({ key, proof: answer.storageProof[i]?.proof ?? [] })),
  }
}

function missing(rpc: Rpc, block: bigint | 'latest'): never {
  throw unavailable(
    'E_BLOCK_MISSING',
    `The node of chain ${rpc.chain} at ${rpc.place} has no block ${block}.`,
    'Wait for the node to catch up, or use one that keeps more history.',
  )
}
