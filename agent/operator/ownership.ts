// Whose executor it is. Nobody administers an executor of somebody else by mistake.
import { type Address, isAddressEqual } from 'viem'
import { getCode, readContract } from 'viem/actions'
import type { AgentConfig } from '../../config/schema.ts'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { configError } from '../domain/errors.ts'
import type { ChainId } from '../domain/units.ts'
import type { Node } from '../runtime/doctor/nodes.ts'

/** The executor that the config names on a chain. E_EXECUTOR_MISSING when it names none. */
export function executorOf(chains: AgentConfig['chains'], chain: ChainId): Address {
  const found = chains.find(({ id }) => id === chain)?.executor
  if (found !== undefined) return found
  throw configError(
    'E_EXECUTOR_MISSING',
    `the config names no executor on chain ${chain}`,
    'Deploy one: lienmesh executor deploy writes its address into the config.',
  )
}

/** Throws E_EXECUTOR_OWNER when the executor belongs to another key, E_EXECUTOR_MISSING when nothing stands there. */
export async function requireOwner(node: Node, chain: ChainId, executor: Address, owner: Address): Promise<void> {
  if ((await getCode(node, { address: executor })) === undefined)
    throw configError(
      'E_EXECUTOR_MISSING',
      `chain ${chain}: no contract at ${executor}`,
      'Deploy it with lienmesh executor deploy, or correct executor in the config.',
    )
  const asked = { address: executor, abi: liquidatorExecutorAbi, functionName: 'owner' } as const
  const found = await readContract(node, asked)
  if (isAddressEqual(found, owner)) return
  throw configError(
    'E_EXECUTOR_OWNER',
    `chain ${chain}: ${executor} belongs to ${found}, this key is ${owner}`,
    'Name the key of its owner with --owner, or deploy an executor of your own.',
  )
}
