// What the chain says of a mined transaction.
import { formatTransactionReceipt, type Hash, type Log, type TransactionReceipt } from 'viem'
import type { Anchor } from '../../domain/market.ts'
import type { ChainId } from '../../domain/units.ts'
import type { Rpc } from './rpc.ts'

/** A transaction in a block. `gasCost` in wei of the chain's coin, data fees included. */
export type Mined = {
  readonly hash: Hash
  readonly anchor: Anchor
  readonly status: 'included' | 'reverted'
  readonly gasCost: bigint
  readonly logs: readonly Log[]
}

/** Those of `hashes` that are in a block now. */
export async function minedAmong(rpc: Rpc, hashes: readonly Hash[]): Promise<ReadonlyMap<Hash, Mined>> {
  const receipts = await rpc.gather((node) =>
    Promise.all(hashes.map((hash) => node.request({ method: 'eth_getTransactionReceipt', params: [hash] }))),
  )
  const mined = new Map<Hash, Mined>()
  for (const answer of receipts) {
    if (!answer?.blockHash) continue
    const receipt = { ...formatTransactionReceipt(answer), dataFee: dataFeeOf(answer) }
    mined.set(receipt.transactionHash, minedOf(rpc.chain, receipt))
  }
  return mined
}

/** A receipt, and what the data of its transaction cost on top. */
export type MinedReceipt = TransactionReceipt & { readonly dataFee: bigint }

/** What counts of a receipt. */
export const minedOf = (chain: ChainId, receipt: MinedReceipt): Mined => ({
  hash: receipt.transactionHash,
  anchor: { chain, number: receipt.blockNumber, hash: receipt.blockHash },
  status: receipt.status === 'success' ? 'included' : 'reverted',
  gasCost: receipt.gasUsed * receipt.effectiveGasPrice + receipt.dataFee,
  logs: receipt.logs,
})

/** OP-stack receipts name what the data cost on the base chain. */
export const dataFeeOf = (answer: object): bigint =>
  'l1Fee' in answer && typeof answer.l1Fee === 'string' ? BigInt(answer.l1Fee) : 0n
