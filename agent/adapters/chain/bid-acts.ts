// The acts of a bid as call data. Prices are written down once per batch, whoever bids with them how often.
import { type Address, toFunctionSelector } from 'viem'
import type { PriceBatch } from '../../domain/market.ts'
import type { Offer } from '../../domain/message.ts'
import type { EngineDeployment } from '../../domain/network.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { type Act, act } from './executor-call.ts'
import { address, bytes, length, list, uint } from './words.ts'

/** Brings the engine's prices up to these batches. The price book wants them in ascending order of signer. */
export const pushPrices = ({ priceBook }: EngineDeployment, batches: readonly PriceBatch[]): Act => ({
  target: priceBook,
  data: `${PUSH}${length(32)}${list(ascending(batches).map(batchText))}`,
})

const PUSH = toFunctionSelector(
  'push((uint48 sequence,uint48 validUntil,(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)[] entries,bytes signature)[])',
)

const ascending = (batches: readonly PriceBatch[]): readonly PriceBatch[] =>
  [...batches].sort((a, b) => (a.publisher.toLowerCase() < b.publisher.toLowerCase() ? -1 : 1))

function batchText(batch: PriceBatch): string {
  const known = texts.get(batch)
  if (known !== undefined) return known
  const entries = batch.entries.map(
    ({ feed, price, confidence, shocks }) =>
      uint(feed, 16) + uint(price, 64) + uint(confidence, 16) + uint(shocks, 256),
  )
  const tail = length(entries.length) + entries.join('')
  const places = length(4 * 32) + length(4 * 32 + tail.length / 2)
  const text = uint(batch.sequence, 48) + uint(batch.validUntil, 48) + places + tail + bytes(batch.signature)
  texts.set(batch, text)
  return text
}

const texts = new WeakMap<PriceBatch, string>()

/** Starts the clock of an account's auction, unless it runs. */
export const startAuction = ({ auction }: EngineDeployment, account: Address): Act => ({
  target: auction,
  data: `${START}${address(account)}`,
})
const START = toFunctionSelector('start(address)')

/** What a bid asks for. */
export type BidTerms = {
  readonly account: Address
  readonly fraction: number
  readonly maxPay: bigint
  readonly expectedVersion: bigint
  readonly beneficiary: Address
}

/** The bid itself; with an offer the claim is sold in the same breath. */
export const bidding = ({ auction }: EngineDeployment, terms: BidTerms, offer: Offer | undefined): Act =>
  offer
    ? act(auction, {
        abi: liquidationAuctionAbi,
        functionName: 'bidAndSell',
        args: [terms, offerOf(offer), offer.signature],
      })
    : { target: auction, data: `${BID}${bidText(terms)}` }

const BID = toFunctionSelector('bid((address,uint16,uint256,uint64,address))')

const bidText = ({ account, fraction, maxPay, expectedVersion, beneficiary }: BidTerms): string =>
  address(account) + uint(fraction, 16) + uint(maxPay, 256) + uint(expectedVersion, 64) + address(beneficiary)

const offerOf = ({ signature: _signature, validUntil, ...terms }: Offer) => ({
  ...terms,
  validUntil: Number(validUntil),
})

/** Closes what the bid inherited, against the pool. */
export const closeEverything = ({ engine }: EngineDeployment, executor: Address): Act => ({
  target: engine,
  data: `${CLOSE_ALL}${address(executor)}`,
})
const CLOSE_ALL = toFunctionSelector('closeAll(address)')
