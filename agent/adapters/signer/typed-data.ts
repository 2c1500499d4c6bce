// Statements as EIP-712 data: what wallets and remote signers show and hash. Only these four kinds exist.
import type { Address, Hex } from 'viem'
import { hashTypedData, padHex } from 'viem/utils'
import type { Statement } from '../../domain/statement.ts'

type Field = { readonly name: string; readonly type: string }

/** EIP-712 data as `eth_signTypedData_v4` takes it, without the type of the domain. */
export type TypedData = {
  readonly domain: {
    readonly name: string
    readonly version: string
    readonly chainId?: number
    readonly verifyingContract?: Address
  }
  readonly types: Readonly<Record<string, readonly Field[]>>
  readonly primaryType: string
  readonly message: Readonly<Record<string, unknown>>
}

/** The digest that is signed (EIP-712). */
export const digestOf = (statement: Statement): Hex => hashTypedData(typedData(statement))

/** A statement under its domain. */
export function typedData(statement: Statement): TypedData {
  switch (statement.kind) {
    case 'attestation': {
      const { chain, number, hash } = statement
      return {
        domain: { name: 'Lienmesh Attestation', version: '1' },
        types: { Attestation: ATTESTATION },
        primaryType: 'Attestation',
        message: { chainId: chain, number, blockHash: hash },
      }
    }
    case 'offer': {
      const { engine, creditLines, offer } = statement
      return {
        domain: { name: 'Lienmesh CreditLines', version: '1', chainId: engine, verifyingContract: creditLines },
        types: { Offer: OFFER },
        primaryType: 'Offer',
        message: { ...offer },
      }
    }
    case 'price': {
      const { batch, priceBook } = statement
      const { engine, ...message } = batch
      return {
        domain: { name: 'Lienmesh PriceBook', version: '1', chainId: engine, verifyingContract: priceBook },
        types: { Batch: BATCH, Entry: ENTRY },
        primaryType: 'Batch',
        message,
      }
    }
    case 'status': {
      const { network, fields } = statement
      return {
        domain: { name: 'Lienmesh Status', version: '1' },
        types: { Status: STATUS },
        primaryType: 'Status',
        message: { network: padHex(network, { dir: 'right' }), fields },
      }
    }
  }
}

const fieldsOf = (words: string): readonly Field[] =>
  words.split(',').map((word) => {
    const [type = '', name = ''] = word.split(' ')
    return { type, name }
  })

const ATTESTATION = fieldsOf('uint256 chainId,uint256 number,bytes32 blockHash')
const OFFER = fieldsOf(
  'address provider,address beneficiary,address bidder,address account,uint16 rate,uint128 maxCash,uint48 validUntil,uint256 nonce',
)
const BATCH = fieldsOf('uint48 sequence,uint48 validUntil,Entry[] entries')
const ENTRY = fieldsOf('uint16 feed,uint64 price,uint16 confidence,uint256 shocks')
const STATUS = fieldsOf('bytes32 network,bytes fields')
