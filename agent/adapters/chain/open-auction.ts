// Starts the clock of an auction without a bid: the discount rises only once somebody did.
import { keccak256, stringToHex } from 'viem'
import type { Candidate } from '../../domain/liquidation.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { type Bidder, pushPrices } from './bid.ts'
import { act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'

/** Seconds after which an opening that was not included is given up. */
const PATIENCE = 6n

/** Carries the candidate's prices to the engine and opens its auction. Answers the gas spent, in native coin. */
export async function openAuction(bidder: Bidder, candidate: Candidate, signal: AbortSignal): Promise<bigint> {
  const { deployment, executor, gas, link } = bidder
  const intent = keccak256(stringToHex(`open ${candidate.id}`))
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + PATIENCE
  const start = act(deployment.auction, {
    abi: liquidationAuctionAbi,
    functionName: 'start',
    args: [candidate.account.id],
  })
  const data = executeCall([pushPrices(deployment, candidate.batches), start], {
    intent,
    leg: LEG.open,
    deadline,
    floor: 0n,
  })
  const { mined } = await sender(link).send({ to: executor, data, gas, leg: 'open', intent, deadline }, signal)
  return mined.gasCost
}
