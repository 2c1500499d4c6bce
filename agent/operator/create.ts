// Where an executor stands. It is created by the deterministic deployment proxy (github.com/Arachnid/
// deterministic-deployment-proxy), so that the same owner, operator and delay have one address on every chain.
import { type Address, concat, encodeDeployData, getContractAddress, type Hex, numberToHex } from 'viem'
import { getCode } from 'viem/actions'
import { configError } from '../domain/errors.ts'
import type { ChainId } from '../domain/units.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { EXECUTOR } from '../suite/contracts.ts'
import type { Act } from './stage.ts'

/** What an executor is made of, for good. `delay` in seconds; `salt` tells executors of the same parts apart. */
export type Making = {
  readonly owner: Address
  readonly operator: Address
  readonly delay: number
  readonly salt: number
}

const PROXY: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

/** Its address on every chain. */
export const executorAddress = (making: Making): Address =>
  getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: saltOf(making), bytecode: codeOf(making) })

/** The transaction that creates it. */
export const creation = (making: Making): Act => ({
  says: `create the executor ${executorAddress(making)}`,
  to: PROXY,
  data: concat([saltOf(making), codeOf(making)]),
})

/** Throws E_FACTORY where the proxy is missing. */
export async function requireProxy(node: Node, chain: ChainId): Promise<void> {
  if ((await getCode(node, { address: PROXY })) !== undefined) return
  throw configError(
    'E_FACTORY',
    `chain ${chain} has no deterministic deployment proxy at ${PROXY}`,
    'Deploy it there first: github.com/Arachnid/deterministic-deployment-proxy says how, for any EVM chain.',
  )
}

const codeOf = ({ owner, operator, delay }: Making): Hex =>
  encodeDeployData({ abi: EXECUTOR.abi, bytecode: EXECUTOR.bytecode, args: [owner, operator, BigInt(delay)] })

const saltOf = ({ salt }: Making): Hex => numberToHex(salt, { size: 32 })
