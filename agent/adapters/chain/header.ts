// A header rebuilt from JSON: nodes give no RLP, so we encode the fields and let the hash judge.
import { type Hex, keccak256, type RpcBlock, toRlp } from 'viem'
import { unavailable } from '../../domain/errors.ts'
import type { Head } from '../../domain/market.ts'
import type { ChainId } from '../../domain/units.ts'

/** Fields by name, as a node's JSON carries them. */
export type HeaderFields = Readonly<Record<string, unknown>>

/** The RLP of a header from the node's JSON. Throws E_HEADER unless its keccak is the block's hash. */
export function headerRlp(block: HeaderFields): Hex {
  const rlp = encodeHeader(block)
  const hash = keccak256(rlp)
  if (hash === block['hash']) return rlp
  throw unavailable(
    'E_HEADER',
    `Block ${String(block['number'])} hashes to ${hash}, the node says ${String(block['hash'])}.`,
    'The node runs a fork with header fields this version does not know, or lies. Use another node.',
  )
}

/** The same of whatever fields there are, judged by nothing. */
export const encodeHeader = (block: HeaderFields): Hex => toRlp(FIELDS.flatMap((field) => encoded(block, field)))

/** The head a node's JSON describes; E_RPC_ANSWER when a field is not what it must be. */
export function headOf(chain: ChainId, block: Pick<RpcBlock, 'number' | 'hash' | 'parentHash' | 'timestamp'>): Head {
  const { number, hash, parentHash, timestamp } = block
  if (!quantity(number) || !word(hash) || !word(parentHash) || !quantity(timestamp)) {
    throw unavailable('E_RPC_ANSWER', `A node of chain ${chain} sent a malformed block.`, 'Use another node.')
  }
  return { chain, number: BigInt(number), hash, parentHash, timestamp: BigInt(timestamp) }
}

const quantity = (value: unknown): value is Hex => typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value)
const word = (value: unknown): value is Hex => typeof value === 'string' && /^0x[0-9a-f]{64}$/i.test(value)

type Field = { readonly name: string; readonly kind: 'bytes' | 'quantity'; readonly optional?: true }

/** Yellow paper order, then EIP-1559, 4895, 4844 (two), 4788, 7685 and 7928. Later forks append. */
const FIELDS: readonly Field[] = [
  { name: 'parentHash', kind: 'bytes' },
  { name: 'sha3Uncles', kind: 'bytes' },
  { name: 'miner', kind: 'bytes' },
  { name: 'stateRoot', kind: 'bytes' },
  { name: 'transactionsRoot', kind: 'bytes' },
  { name: 'receiptsRoot', kind: 'bytes' },
  { name: 'logsBloom', kind: 'bytes' },
  { name: 'difficulty', kind: 'quantity' },
  { name: 'number', kind: 'quantity' },
  { name: 'gasLimit', kind: 'quantity' },
  { name: 'gasUsed', kind: 'quantity' },
  { name: 'timestamp', kind: 'quantity' },
  { name: 'extraData', kind: 'bytes' },
  { name: 'mixHash', kind: 'bytes' },
  { name: 'nonce', kind: 'bytes' },
  { name: 'baseFeePerGas', kind: 'quantity', optional: true },
  { name: 'withdrawalsRoot', kind: 'bytes', optional: true },
  { name: 'blobGasUsed', kind: 'quantity', optional: true },
  { name: 'excessBlobGas', kind: 'quantity', optional: true },
  { name: 'parentBeaconBlockRoot', kind: 'bytes', optional: true },
  { name: 'requestsHash', kind: 'bytes', optional: true },
  { name: 'blockAccessListHash', kind: 'bytes', optional: true },
]

function encoded(block: HeaderFields, { name, kind, optional }: Field): readonly Hex[] {
  const value = block[name]
  if (typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value))
    return [kind === 'bytes' ? bytes(value) : minimal(value)]
  if (optional && (value === undefined || value === null)) return []
  throw unavailable('E_HEADER', `A block's ${name} is missing or malformed.`, 'Use another node.')
}

const bytes = (value: string): Hex => `0x${value.slice(2)}`

/** RLP integers have no leading zeros and zero is empty. */
function minimal(value: string): Hex {
  const digits = value.slice(2).replace(/^0+/, '')
  return `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`
}
