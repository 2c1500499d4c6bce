// What an agent puts its name to besides transactions. A statement is whole: whoever signs it hashes it itself.
import type { Address, Hex } from 'viem'
import type { PriceBatch } from './market.ts'
import type { Attestation, Offer } from './message.ts'
import type { ChainId } from './units.ts'

/** A statement of a known kind: EIP-712 data whose domain follows from its kind. */
export type Statement =
  | ({ readonly kind: 'attestation' } & Pick<Attestation, 'chain' | 'number' | 'hash'>)
  | {
      readonly kind: 'offer'
      readonly engine: ChainId
      readonly creditLines: Address
      readonly offer: Omit<Offer, 'signature'>
    }
  | {
      readonly kind: 'price'
      readonly priceBook: Address
      readonly batch: Pick<PriceBatch, 'engine' | 'sequence' | 'validUntil' | 'entries'>
    }
  /** Canonical bytes of what an agent says of itself, on the network of that digest (4 bytes). */
  | { readonly kind: 'status'; readonly network: Hex; readonly fields: Hex }
