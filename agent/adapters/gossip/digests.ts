// What is signed. EIP-712 digests are hashed by hand, word by word: a general encoder costs a hundred times more.
import { type Address, type Hex, pad, toHex } from 'viem'
import { keccak256 } from '../../crypto/hash.ts'
import type { PriceBatch, PriceEntry } from '../../domain/market.ts'
import type { Attestation, Offer, Status } from '../../domain/message.ts'
import type { Network } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'
import { toBytes, unsignedStatus } from './codec.ts'
import { networkDigest } from './topics.ts'

/** EIP-712 digest of a price batch, as `PriceBook.push` recovers it. */
export function priceBatchDigest(
  batch: Pick<PriceBatch, 'engine' | 'sequence' | 'validUntil' | 'entries'>,
  priceBook: Address,
): Hex {
  const entries = hashOf(batch.entries.map(entryHash))
  const struct = hashOf([BATCH_TYPE, word(batch.sequence), word(batch.validUntil), entries])
  return typed(contractDomain('Lienmesh PriceBook', batch.engine, priceBook), struct)
}

/** EIP-712 digest of an attestation, as `RootOracle.attestationDigest` computes it. */
export function attestationDigest(attestation: Pick<Attestation, 'chain' | 'number' | 'hash'>): Hex {
  const { chain, number, hash } = attestation
  return typed(ATTESTATION_DOMAIN, hashOf([ATTESTATION_TYPE, word(chain), word(number), hash]))
}

/** EIP-712 digest of a provider's offer, as `CreditLines.purchase` recovers it. */
export function offerDigest(offer: Omit<Offer, 'signature'>, creditLines: Address, engine: ChainId): Hex {
  const { provider, beneficiary, bidder, account, rate, maxCash, validUntil, nonce } = offer
  const people = [provider, beneficiary, bidder, account].map((person) => pad(person))
  const terms = [rate, maxCash, validUntil, nonce].map(word)
  return typed(contractDomain('Lienmesh CreditLines', engine, creditLines), hashOf([OFFER_TYPE, ...people, ...terms]))
}

/** EIP-712 digest of what an agent says of itself. */
export function statusDigest(status: Omit<Status, 'signature'>, network: Network): Hex {
  const { network: digest, fields } = statusStatement(status, network)
  return typed(STATUS_DOMAIN, hashOf([STATUS_TYPE, pad(digest, { dir: 'right' }), keccak256(fields)]))
}

/** What an agent signs of itself: its network and the canonical bytes of the unsigned fields. */
export const statusStatement = (status: Omit<Status, 'signature'>, network: Network) =>
  ({ kind: 'status', network: networkDigest(network), fields: toHex(toBytes(unsignedStatus, status)) }) as const

const typeHash = (type: string): Hex => keccak256(Buffer.from(type))
const typed = (domain: Hex, struct: Hex): Hex => hashOf(['0x1901', domain, struct])

/** Keccak of joined words. Node's own hex reader: the conversions would otherwise cost more than the hash. */
const hashOf = (parts: readonly Hex[]): Hex =>
  keccak256(Buffer.from(parts.map((part) => part.slice(2)).join(''), 'hex'))

function word(value: number | bigint): Hex {
  if (value < 0) throw new RangeError(`expected an unsigned word, found ${value}`)
  return `0x${value.toString(16).padStart(64, '0')}`
}

const ENTRY = 'Entry(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)'
const ENTRY_TYPE = typeHash(ENTRY)
const BATCH_TYPE = typeHash(`Batch(uint48 sequence,uint48 validUntil,Entry[] entries)${ENTRY}`)
const ATTESTATION_TYPE = typeHash('Attestation(uint256 chainId,uint256 number,bytes32 blockHash)')
const OFFER_TYPE = typeHash(
  'Offer(address provider,address beneficiary,address bidder,address account,uint16 rate,uint128 maxCash,uint48 validUntil,uint256 nonce)',
)
const DOMAIN_TYPE = typeHash('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)')
const STATUS_TYPE = typeHash('Status(bytes32 network,bytes fields)')
const placeless = (name: string): Hex =>
  hashOf([typeHash('EIP712Domain(string name,string version)'), typeHash(name), typeHash('1')])
const ATTESTATION_DOMAIN = placeless('Lienmesh Attestation')
const STATUS_DOMAIN = placeless('Lienmesh Status')

const entryHash = ({ feed, price, confidence, shocks }: PriceEntry): Hex =>
  hashOf([ENTRY_TYPE, word(feed), word(price), word(confidence), word(shocks)])

/** Domain separators already computed; there is one per contract of the network. */
const domains = new Map<string, Hex>()

function contractDomain(name: string, chain: ChainId, contract: Address): Hex {
  const key = `${name}:${chain}:${contract}`
  const known = domains.get(key)
  if (known !== undefined) return known
  const domain = hashOf([DOMAIN_TYPE, typeHash(name), typeHash('1'), word(chain), pad(contract)])
  domains.set(key, domain)
  return domain
}
