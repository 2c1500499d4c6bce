// Starts the clock of auctions without bidding: the discount rises only once somebody did.
import { concatHex, keccak256, stringToHex } from 'viem'
import type { Candidate } from '../../domain/liquidation.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { type Bidder, pushPrices } from './bid.ts'
import { act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'

/** Gas limits, twice over what is used: a block has room for limits, not for what is used. */
const GAS_OF_PRICES = 500_000n
const GAS_OF_START = 300_000n
/** Seconds after which an opening that was not included is given up. */
const PATIENCE = 6n

/** Carries the newest candidate's prices to the engine and opens every auction. Answers the gas spent, in native coin. */
export async function openAuctions(
  { deployment, executor, link }: Bidder,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<bigint> {
  const newest = candidates.reduce((a, b) => (sequenceOf(b) > sequenceOf(a) ? b : a))
  const ids = candidates.map(({ account }) => account.id)
  const intent = keccak256(concatHex([stringToHex(`open ${sequenceOf(newest)}`), ...ids]))
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + PATIENCE
  const starts = ids.map((id) =>
    act(deployment.auction, { abi: liquidationAuctionAbi, functionName: 'start', args: [id] }),
  )
  const data = executeCall([pushPrices(deployment, newest.batches), ...starts], {
    intent,
    leg: LEG.open,
    deadline,
    floor: 0n,
  })
  const gas = GAS_OF_PRICES + GAS_OF_START * BigInt(ids.length)
  const { mined } = await sender(link).send({ to: executor, data, gas, leg: 'open', intent, deadline }, signal)
  return mined.gasCost
}

const sequenceOf = ({ batches }: Candidate): number => Math.min(...batches.map(({ sequence }) => sequence))
