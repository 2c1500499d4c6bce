// One signed try at one nonce. Bytes are built and signed here, and read back from the journal.
import { type Address, type Hash, type Hex, parseTransaction } from 'viem'
import * as eip1559 from '../../crypto/eip1559.ts'
import { keccak256 } from '../../crypto/hash.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { ChainId, Wad } from '../../domain/units.ts'
import type { JournaledTx } from '../../ports/journal.ts'
import type { Signer, UnsignedTransaction } from '../../ports/signer.ts'

/** What a key pays per unit of gas at most, and to the block's builder. */
export type Fees = { readonly maxFee: bigint; readonly tip: bigint }

/** The meaning of a transaction: all that a replacement must keep. */
export type Content = {
  readonly to: Address
  readonly data: Hex
  readonly gas: bigint
  readonly intent: Hex | undefined
  readonly leg: string
  /** Dollars that it reserves. */
  readonly reserved?: Wad
}

/** A signed transaction ready to travel. */
export type Attempt = { readonly content: Content; readonly fees: Fees; readonly raw: Hex; readonly hash: Hash }

/** Where a transaction goes: a nonce of our key on a chain. */
type Place = { readonly chain: ChainId; readonly nonce: number }

/** Signs `content` at `nonce` as an EIP-1559 transaction without value. */
export async function sign(signer: Signer, place: Place, content: Content, fees: Fees): Promise<Attempt> {
  const raw = await signer.signTransaction(unsigned(place, content, fees))
  return { content, fees, raw, hash: keccak256(raw) }
}

/** The bytes to be signed: what data fees are estimated from. */
export const unsignedBytes = (place: Place, content: Content, fees: Fees): Hex =>
  eip1559.unsignedBytes(unsigned(place, content, fees))

const unsigned = (place: Place, { to, data, gas }: Content, fees: Fees): UnsignedTransaction => ({
  ...place,
  ...{ to, value: 0n, data, gas },
  ...fees,
})

/** The attempt as the journal keeps it. */
export const journaled = (attempt: Attempt, chain: ChainId, from: Address, nonce: number): JournaledTx => ({
  chain,
  from,
  nonce,
  intent: attempt.content.intent,
  leg: attempt.content.leg,
  raw: attempt.raw,
  hash: attempt.hash,
  state: 'signed',
  ...(attempt.content.reserved === undefined ? {} : { reserved: attempt.content.reserved }),
})

/** The attempt that a journaled transaction was. Throws E_INVARIANT when its bytes are not those that were signed. */
export function remembered(tx: JournaledTx): Attempt {
  if (keccak256(tx.raw) !== tx.hash)
    throw invariantBroken('The journal holds bytes that are not those of their transaction: a damaged file.', {
      hash: tx.hash,
    })
  const { to, data = '0x', gas, maxFeePerGas, maxPriorityFeePerGas } = parseTransaction(tx.raw)
  if (!to || gas === undefined || maxFeePerGas === undefined) {
    throw invariantBroken('The journal holds a transaction that this program does not send.', { hash: tx.hash })
  }
  return {
    content: { to, data, gas, intent: tx.intent, leg: tx.leg },
    fees: { maxFee: maxFeePerGas, tip: maxPriorityFeePerGas ?? 0n },
    raw: tx.raw,
    hash: tx.hash,
  }
}

/** Leg of a transaction to oneself that only uses up a nonce. */
export const CANCEL = 'cancel'

/** What takes the place of a transaction that came too late. */
export const cancellation = (self: Address, intent: Hex | undefined): Content => ({
  to: self,
  data: '0x',
  gas: 21_000n,
  intent,
  leg: CANCEL,
})
