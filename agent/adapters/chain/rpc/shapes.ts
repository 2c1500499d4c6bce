// What a node's answer must be before anybody reads it: every field typed and in range, nothing else handed on.
import { keccak256 } from '../../../crypto/hash.ts'
import { LOG, logsFit, RECEIPT, receiptFits } from './log-shapes.ts'
import {
  AMOUNT,
  address,
  bytes,
  type Call,
  COUNT,
  FEE,
  GAS,
  HEIGHT,
  isHexText,
  list,
  Malformed,
  nullable,
  optional,
  quantity,
  record,
  type Shape,
  same,
  TIME,
} from './typing.ts'

/** The answer to `call` as its method types it, unknown fields left out. Throws Malformed when it is anything else. */
export function typed(call: Call, answer: unknown): unknown {
  const method = METHODS[call.method]
  if (method === undefined) throw new Malformed(`answers of ${call.method} have no type here`)
  const value = method.shape(answer)
  if (value !== null && method.fits?.(call.params, value) === false)
    throw new Malformed('answered something else than was asked')
  return value
}

/** Execution-layer fields of a header (EIP-1474 names), and the two that make a block findable. */
const BLOCK = record({
  number: quantity(HEIGHT),
  hash: bytes(32),
  parentHash: bytes(32),
  timestamp: quantity(TIME),
  stateRoot: bytes(32),
  transactionsRoot: bytes(32),
  receiptsRoot: bytes(32),
  gasLimit: quantity(GAS),
  gasUsed: quantity(GAS),
  sha3Uncles: optional(bytes(32)),
  miner: optional(address),
  logsBloom: optional(bytes(256)),
  difficulty: optional(quantity(AMOUNT)),
  extraData: optional(bytes()),
  mixHash: optional(bytes(32)),
  nonce: optional(bytes(8)),
  baseFeePerGas: optional(quantity(FEE)),
  withdrawalsRoot: optional(bytes(32)),
  blobGasUsed: optional(quantity(GAS)),
  excessBlobGas: optional(quantity(GAS)),
  parentBeaconBlockRoot: optional(bytes(32)),
  requestsHash: optional(bytes(32)),
  blockAccessListHash: optional(bytes(32)),
})

const SLOT = record({ key: quantity(AMOUNT), value: quantity(AMOUNT), proof: list(bytes()) })

/** EIP-1186. */
const PROOF = record({
  address,
  balance: quantity(AMOUNT),
  codeHash: bytes(32),
  nonce: quantity(COUNT),
  storageHash: bytes(32),
  accountProof: list(bytes()),
  storageProof: list(SLOT),
})

/** How a method answers. `fits` compares the answer with what was asked. */
type Method = { readonly shape: Shape; readonly fits?: (asked: readonly unknown[], answer: unknown) => boolean }

const METHODS: Readonly<Record<string, Method>> = {
  eth_chainId: { shape: quantity(COUNT) },
  eth_blockNumber: { shape: quantity(HEIGHT) },
  eth_gasPrice: { shape: quantity(FEE) },
  eth_maxPriorityFeePerGas: { shape: quantity(FEE) },
  eth_getBalance: { shape: quantity(AMOUNT) },
  eth_getTransactionCount: { shape: quantity(COUNT) },
  eth_getCode: { shape: bytes() },
  eth_getStorageAt: { shape: bytes(32) },
  eth_call: { shape: bytes() },
  eth_getBlockByHash: { shape: nullable(BLOCK), fits: ([hash], block) => same(field(block, 'hash'), hash) },
  eth_getBlockByNumber: { shape: nullable(BLOCK), fits: ([number], block) => atHeight(number, block) },
  eth_getTransactionReceipt: { shape: nullable(RECEIPT), fits: ([hash], receipt) => receiptFits(hash, receipt) },
  eth_getLogs: { shape: list(LOG), fits: ([filter], logs) => logsFit(filter, logs) },
  eth_getProof: { shape: PROOF, fits: ([who, slots], proof) => proves(proof, who, slots) },
  eth_sendRawTransaction: { shape: bytes(32), fits: ([raw], hash) => isHexText(raw) && same(keccak256(raw), hash) },
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** A tag fits any height; a number only its own. */
const atHeight = (asked: unknown, block: unknown): boolean =>
  !isHexText(asked) || BigInt(asked) === BigInt(String(field(block, 'number')))

function proves(proof: unknown, who: unknown, slots: unknown): boolean {
  const found = field(proof, 'storageProof')
  if (!same(field(proof, 'address'), who) || !Array.isArray(slots) || !Array.isArray(found)) return false
  return (
    slots.length === found.length &&
    slots.every((slot, i) => isHexText(slot) && BigInt(slot) === BigInt(String(field(found[i], 'key'))))
  )
}
