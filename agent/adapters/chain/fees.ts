// What to pay for inclusion, and what a replacement must pay more.

import type { Fees } from './attempt.ts'
import type { Rpc } from './rpc.ts'

/** How a key bids for block space. */
export type FeePolicy = {
  /** Wei per gas for the block's builder. */
  readonly tip: bigint
  /** Most wei per gas ever offered, replacements included. */
  readonly ceiling: bigint
  /** `zero` on chains whose base fee is zero for good: maxFee = tip. `market` asks: maxFee = tip + 2 x base fee. */
  readonly baseFee: 'zero' | 'market'
}

/** Fees of a first attempt under a policy; `tip` overrides the policy's. */
export async function firstFees(rpc: Rpc, policy: FeePolicy, tip = policy.tip): Promise<Fees> {
  const base = policy.baseFee === 'zero' ? 0n : await baseFee(rpc)
  const maxFee = least(tip + 2n * base, policy.ceiling)
  return { maxFee, tip: least(tip, maxFee) }
}

/** Fees of a replacement: an eighth more on both (nodes ask for a tenth); undefined above the ceiling. */
export function raised(fees: Fees, ceiling: bigint): Fees | undefined {
  const maxFee = eighthMoreUp(fees.maxFee)
  return maxFee > ceiling ? undefined : { maxFee, tip: least(eighthMoreUp(fees.tip), maxFee) }
}

async function baseFee(rpc: Rpc): Promise<bigint> {
  const block = await rpc.hint((node) => node.request({ method: 'eth_getBlockByNumber', params: ['latest', false] }))
  return BigInt(block?.baseFeePerGas ?? 0)
}

const eighthMoreUp = (fee: bigint): bigint => (fee * 9n + 7n) / 8n + (fee === 0n ? 1n : 0n)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
