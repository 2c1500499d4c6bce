// Takes the bond of an attestor who signed two blocks at one height: the registry pays a tenth of it to the reporter.
import { type Address, concatHex, keccak256 } from 'viem'
import { readContract } from 'viem/actions'
import type { Attestation } from '../../domain/message.ts'
import { wad } from '../../domain/units.ts'
import type { Slasher } from '../../ports/chain.ts'
import { agentRegistryAbi } from './abi/agent-registry.ts'
import { execute } from './execute.ts'
import { act, LEG } from './executor-call.ts'
import type { ChainLink } from './link.ts'

/** Reads one registry, and slashes there through our executor where we may send. */
export function openSlasher(link: ChainLink, executor: Address, registry: Address): Slasher {
  const bondOf = async (attestor: Address): Promise<bigint> => {
    const call = { address: registry, abi: agentRegistryAbi, functionName: 'agents', args: [attestor] } as const
    return (await link.rpc.ask((node) => readContract(node, call))).bond
  }
  return {
    chain: link.rpc.chain,
    attests: (agent) => {
      const call = { address: registry, abi: agentRegistryAbi, functionName: 'isAttestor', args: [agent] } as const
      return link.rpc.ask((node) => readContract(node, call))
    },
    async slash({ first, second }, signal) {
      if (link.transactor === undefined || (await bondOf(first.attestor)) === 0n) return undefined
      const args = [statement(first), statement(second)] as const
      const slashing = act(registry, { abi: agentRegistryAbi, functionName: 'slashEquivocation', args })
      const intent = keccak256(concatHex([registry, first.signature, second.signature]))
      const execution = { acts: [slashing], intent, leg: LEG.root, floor: 0n, worth: wad(0n) }
      const { mined, refusal } = await execute({ link, executor }, execution, signal)
      return refusal === undefined && mined?.status === 'included' ? mined.hash : undefined
    },
  }
}

const statement = ({ chain, number, hash, signature }: Attestation) => ({
  chainId: BigInt(chain),
  number,
  blockHash: hash,
  signature,
})
