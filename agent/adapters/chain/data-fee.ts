// The part of a transaction's price that OP-stack chains take for putting its bytes on their base chain.
import { type Hex, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import type { Rpc } from './rpc.ts'

/** The GasPriceOracle predeploy of every OP-stack chain (specs.optimism.io, predeploys). */
const ORACLE = '0x420000000000000000000000000000000000000F'
const ABI = parseAbi(['function getL1Fee(bytes) view returns (uint256)'])

/** Wei that sending these bytes costs besides gas; zero on chains that charge nothing for data. */
export type DataFee = (raw: Hex) => Promise<bigint>

/** Looks once whether the chain charges for data. */
export async function openDataFee(rpc: Rpc): Promise<DataFee> {
  const code = await rpc.ask((node) => node.request({ method: 'eth_getCode', params: [ORACLE, 'latest'] }))
  if (code === undefined || code === '0x') return async () => 0n
  const oracle = { address: ORACLE, abi: ABI, functionName: 'getL1Fee' } as const
  return (raw) => rpc.hint((node) => readContract(node, { ...oracle, args: [raw] }))
}
