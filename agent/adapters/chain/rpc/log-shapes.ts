// Receipts and logs as a node must give them.
import {
  AMOUNT,
  address,
  bytes,
  COUNT,
  FEE,
  flag,
  GAS,
  HEIGHT,
  isHexText,
  list,
  nullable,
  optional,
  quantity,
  record,
  same,
  TIME,
} from './typing.ts'

/** A log in a block. */
export const LOG = record({
  address,
  topics: list(bytes(32), 4),
  data: bytes(),
  blockHash: bytes(32),
  blockNumber: quantity(HEIGHT),
  transactionHash: bytes(32),
  transactionIndex: quantity(COUNT),
  logIndex: quantity(COUNT),
  removed: optional(flag),
  blockTimestamp: optional(quantity(TIME)),
})

/** A receipt of a mined transaction. `l1Fee` is what OP-stack chains charge on top for data. */
export const RECEIPT = record({
  transactionHash: bytes(32),
  transactionIndex: quantity(COUNT),
  blockHash: bytes(32),
  blockNumber: quantity(HEIGHT),
  from: address,
  to: nullable(address),
  contractAddress: optional(nullable(address)),
  status: quantity(1n),
  gasUsed: quantity(GAS),
  cumulativeGasUsed: quantity(GAS),
  effectiveGasPrice: quantity(FEE),
  type: optional(quantity(255n)),
  logsBloom: optional(bytes(256)),
  logs: list(LOG),
  l1Fee: optional(quantity(AMOUNT)),
})

/** Whether a receipt is of this transaction, and every log in it too. */
export function receiptFits(hash: unknown, receipt: unknown): boolean {
  const { transactionHash, blockHash, logs } = fields(receipt)
  if (!same(transactionHash, hash) || !Array.isArray(logs)) return false
  return logs.every((log) => same(fields(log)['transactionHash'], hash) && same(fields(log)['blockHash'], blockHash))
}

/** Whether every log is of the range and of the contracts asked for. */
export function logsFit(filter: unknown, logs: unknown): boolean {
  const { fromBlock, toBlock, address: from } = fields(filter)
  const addresses = from === undefined ? undefined : [from].flat()
  const least = isHexText(fromBlock) ? BigInt(fromBlock) : 0n
  const most = isHexText(toBlock) ? BigInt(toBlock) : HEIGHT
  if (!Array.isArray(logs)) return false
  return logs.every((log) => {
    const { blockNumber, address: at } = fields(log)
    const number = BigInt(String(blockNumber))
    return number >= least && number <= most && (addresses?.some((one) => same(one, at)) ?? true)
  })
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
